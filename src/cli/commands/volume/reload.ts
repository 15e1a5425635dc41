import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeReload extends SelkieCommand {
  static override summary = 'Look for volumes that drivers have made or removed';
  static override examples = ['volume reload'];
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
