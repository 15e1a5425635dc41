import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class QuadletRm extends SelkieCommand {
  static override summary = '';
  static override usage = 'QUADLET [QUADLET...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    force: flag.bool({ short: 'f', summary: '' }),
    ignore: flag.bool({ short: 'i', summary: '' }),
    'reload-systemd': flag.bool({ default: true, summary: '' }),
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
