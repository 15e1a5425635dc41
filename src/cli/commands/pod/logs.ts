import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodLogs extends SelkieCommand {
  static override summary = '';
  static override usage = 'POD';
  static override flags = {
    color: flag.bool({ summary: '' }),
    container: flag.string({ short: 'c', summary: '' }),
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
    max: 1,
    tooFew: 'specify at least one pod name or ID to log',
    tooMany: 'requires exactly 1 arg',
    unless: ['latest'],
    complete: ['pods'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
