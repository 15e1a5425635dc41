import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';

export default class BuildahManifestRm extends SelkieCommand {
  static override summary = '';
  static override args: Arguments = { min: 1 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
