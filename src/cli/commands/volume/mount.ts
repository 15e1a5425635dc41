import { volumesOf } from '../../../container/container-volumes.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { requireUserNamespace } from '../../require-user-namespace.ts';

export default class VolumeMount extends SelkieCommand {
  static override summary = 'Mount a volume and print where';
  static override examples = ['volume mount data'];
  static override usage = 'NAME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    const { args } = this.parse(VolumeMount);
    requireUserNamespace(this.path);
    using engine = openContainers(this.globals);
    const volumes = volumesOf(engine);
    this.out(volumes.mount(volumes.lookup(args[0]!).name));
  }
}
