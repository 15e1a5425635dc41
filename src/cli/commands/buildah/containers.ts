import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahContainers extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    filter: flag.string({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    json: flag.bool({ summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    notruncate: flag.bool({ summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
  };
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
