import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { registryAccess } from '../../flags/registry.ts';

export default class ImageSearch extends SelkieCommand {
  static override summary = '';
  static override usage = 'TERM';
  static override flags = {
    ...registryAccess,
    compatible: flag.bool({ summary: '' }),
    filter: flag.stringArray({ short: 'f', defaultText: '[]', summary: '' }),
    format: flag.string({ summary: '' }),
    limit: flag.int({ summary: '' }),
    'list-tags': flag.bool({ summary: '' }),
    'no-trunc': flag.bool({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
