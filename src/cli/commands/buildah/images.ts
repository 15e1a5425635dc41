import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahImages extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    digests: flag.bool({ summary: '' }),
    filter: flag.strings({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    history: flag.bool({ summary: '' }),
    json: flag.bool({ summary: '' }),
    'no-trunc': flag.bool({ summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
  };
  static override args: Arguments = { complete: ['images'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
