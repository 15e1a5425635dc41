import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerLogs extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    color: flag.bool({ summary: '' }),
    details: flag.bool({ hidden: true, summary: '' }),
    follow: flag.bool({ short: 'f', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    names: flag.bool({ short: 'n', summary: '' }),
    since: flag.string({ summary: '' }),
    tail: flag.int({ default: -1, summary: '' }),
    timestamps: flag.bool({ short: 't', summary: '' }),
    until: flag.string({ summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'specify at least one container name or ID to log',
    unless: ['latest'],
    complete: ['containers'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
