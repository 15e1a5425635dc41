import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerRestore extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER|IMAGE [CONTAINER|IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    'file-locks': flag.bool({ summary: '' }),
    'ignore-rootfs': flag.bool({ summary: '' }),
    'ignore-static-ip': flag.bool({ summary: '' }),
    'ignore-static-mac': flag.bool({ summary: '' }),
    'ignore-volumes': flag.bool({ summary: '' }),
    import: flag.string({ short: 'i', summary: '', complete: 'files' }),
    'import-previous': flag.string({ summary: '' }),
    keep: flag.bool({ short: 'k', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    name: flag.string({ short: 'n', summary: '' }),
    pod: flag.string({ summary: '', complete: 'pods' }),
    'print-stats': flag.bool({ summary: '' }),
    publish: flag.strings({ short: 'p', defaultText: '[]', summary: '' }),
    'tcp-close': flag.bool({ summary: '' }),
    'tcp-established': flag.bool({ summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide at least one name or id',
    unless: ['all', 'latest', 'import'],
    complete: ['containersAndImages'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
