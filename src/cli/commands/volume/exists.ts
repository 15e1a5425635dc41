import { volumesOf } from '../../../container/container-volumes.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class VolumeExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a volume';
  static override examples = ['volume exists data'];
  static override usage = 'VOLUME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    const { args } = this.parse(VolumeExists);
    using engine = openContainers(this.globals);
    if (volumesOf(engine).get(args[0]!) === undefined) this.exitCode = 1;
  }
}
