import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { endpoint } from '../../flags/skopeo.ts';

export default class SkopeoInspect extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE-NAME';
  static override flags = {
    ...endpoint,
    config: flag.bool({ summary: '' }),
    'daemon-host': flag.string({ valueName: 'HOST', summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    'no-tags': flag.bool({ short: 'n', summary: '' }),
    raw: flag.bool({ summary: '' }),
    'shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Exactly one argument expected',
    tooMany: 'Exactly one argument expected',
    complete: ['transports'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
