import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerWait extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    condition: flag.strings({ summary: '' }),
    'exit-first-match': flag.bool({ summary: '' }),
    ignore: flag.bool({ summary: '' }),
    interval: flag.string({ short: 'i', default: '250ms', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: '"{path}" requires a name, id, or the "--latest" flag',
    unless: ['latest'],
    complete: ['containers'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
