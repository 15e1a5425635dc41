import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerList extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    external: flag.bool({ aliases: ['storage'], summary: '' }),
    filter: flag.stringArray({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    last: flag.int({ short: 'n', default: -1, summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: '' }),
    noheading: flag.bool({ summary: '' }),
    ns: flag.bool({ aliases: ['namespace'], summary: '' }),
    pod: flag.bool({ short: 'p', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    size: flag.bool({ short: 's', summary: '' }),
    sort: flag.string({
      valueName: 'choice',
      summary: '',
      choices: ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status'],
      strict: true,
    }),
    sync: flag.bool({ summary: '' }),
    watch: flag.uint({ short: 'w', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
