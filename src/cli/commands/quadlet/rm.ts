import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

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

  override run(): void {
    throw new NotYet(this.path);
  }
}
