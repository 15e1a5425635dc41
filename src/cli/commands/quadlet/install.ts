import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class QuadletInstall extends SelkieCommand {
  static override summary = 'Install unit files for systemd';
  static override description = 'Files are taken from paths, directories and addresses.';
  static override examples = ['quadlet install web.container'];
  static override usage = 'QUADLET-PATH-OR-URL [FILES-PATH-OR-URL...]';
  static override flags = {
    'reload-systemd': flag.bool({ default: true, summary: 'Let systemd read its units again' }),
    replace: flag.bool({ short: 'r', summary: 'Take the place of a unit of that name' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'must provide at least one argument', complete: ['files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
