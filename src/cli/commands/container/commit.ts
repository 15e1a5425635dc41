import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCommit extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [IMAGE]';
  static override flags = {
    author: flag.string({ short: 'a', summary: '' }),
    change: flag.stringArray({ short: 'c', summary: '' }),
    config: flag.string({ valueName: 'file', summary: '' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'Format', summary: '' }),
    iidfile: flag.string({ valueName: 'file', summary: '', complete: 'files' }),
    'include-volumes': flag.bool({ summary: '' }),
    message: flag.string({ short: 'm', summary: '' }),
    pause: flag.bool({ short: 'p', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    squash: flag.bool({ short: 's', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['containers', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
