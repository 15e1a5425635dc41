import { SelkieError } from '../../../errors.ts';
import { quadletPlaces, removeQuadlets } from '../../../systemd/quadlet/installed.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';
import { systemdForQuadlets } from '../../systemd-for-quadlets.ts';

export default class QuadletRm extends SelkieCommand {
  static override summary = 'Remove unit files';
  static override examples = ['quadlet rm web.container'];
  static override usage = 'QUADLET [QUADLET...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every unit' }),
    force: flag.bool({ short: 'f', summary: 'Stop units that run' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    'reload-systemd': flag.bool({ default: true, summary: 'Let systemd read its units again' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'at least one quadlet file must be selected',
    unless: ['all'],
    complete: ['quadlets'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(QuadletRm);
    const manager = systemdForQuadlets('unable to remove Quadlet: ');
    const { removed, errors } = await removeQuadlets(quadletPlaces(), args, flags, manager);
    if (flags['reload-systemd']) await manager.reload();
    for (const name of removed) this.out(name);
    const failures = [...errors].map(([name, reason]) => new SelkieError(`unable to remove Quadlet ${name}: ${reason}`));
    if (failures.length > 0) throwLast([...failures, new SelkieError('some quadlets could not be removed')]);
  }
}
