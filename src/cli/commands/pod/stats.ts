import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodStats extends SelkieCommand {
  static override summary = '';
  static override usage = '[POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    format: flag.string({ summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'no-reset': flag.bool({ summary: '' }),
    'no-stream': flag.bool({ summary: '' }),
  };
  static override args: Arguments = { complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
