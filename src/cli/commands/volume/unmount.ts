import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeUnmount extends SelkieCommand {
  static override summary = 'Unmount a volume';
  static override examples = ['volume unmount data'];
  static override usage = 'NAME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
