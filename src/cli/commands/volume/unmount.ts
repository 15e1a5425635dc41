import { volumesOf } from '../../../container/container-volumes.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class VolumeUnmount extends SelkieCommand {
  static override summary = 'Unmount a volume';
  static override examples = ['volume unmount data'];
  static override usage = 'NAME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    const { args } = this.parse(VolumeUnmount);
    using engine = openContainers(this.globals);
    const volumes = volumesOf(engine);
    const { name } = volumes.lookup(args[0]!);
    volumes.unmount(name);
    this.out(name);
  }
}
