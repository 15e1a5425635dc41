import { SelkieError } from '../../../errors.ts';
import { fetchUnit } from '../../../systemd/quadlet/fetch-unit.ts';
import { installQuadlets, quadletPlaces } from '../../../systemd/quadlet/installed.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';
import { systemdForQuadlets } from '../../systemd-for-quadlets.ts';

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

  override async run(): Promise<void> {
    const { flags, args } = this.parse(QuadletInstall);
    const manager = systemdForQuadlets();
    const { installed, errors } = await installQuadlets(quadletPlaces(), args, flags.replace, fetchUnit);
    if (flags['reload-systemd']) await manager.reload();
    for (const path of installed.values()) this.out(path);
    const failures = [...errors].map(([path, reason]) => new SelkieError(`quadlet ${JSON.stringify(path)} failed to install: ${reason}`));
    if (failures.length > 0) throwLast([...failures, new SelkieError('errors occurred installing some Quadlets')]);
  }
}
