import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class SystemRenumber extends SelkieCommand {
  static override summary = 'Give containers, pods and volumes their locks anew';
  static override description =
    'Locks go by the IDs of containers and never run out, so there are none to number anew; the event tells who listens that it was asked for.';
  static override examples = ['system renumber'];
  static override args: Arguments = { max: 0 };

  override run(): void {
    this.parse(SystemRenumber);
    using engine = openContainers(this.globals);
    engine.events.writeEvent('system', 'renumber');
  }
}
