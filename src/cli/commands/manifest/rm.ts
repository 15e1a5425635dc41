import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ManifestRm extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST [LIST...]';
  static override flags = {
    ignore: flag.bool({ short: 'i', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['manifests'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
