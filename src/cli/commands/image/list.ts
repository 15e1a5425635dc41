import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageList extends SelkieCommand {
  static override summary = '';
  static override usage = '[IMAGE]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    digests: flag.bool({ summary: '' }),
    filter: flag.stringArray({ short: 'f', defaultText: '[]', summary: '' }),
    format: flag.string({ summary: '' }),
    history: flag.bool({ summary: '' }),
    'no-trunc': flag.bool({ summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    sort: flag.string({
      default: 'created',
      valueName: 'choice',
      summary: '',
      choices: ['created', 'id', 'repository', 'size', 'tag'],
      strict: true,
    }),
  };
  static override args: Arguments = { max: 1, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
