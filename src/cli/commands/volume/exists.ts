import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeExists extends SelkieCommand {
  static override summary = '';
  static override usage = 'VOLUME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
