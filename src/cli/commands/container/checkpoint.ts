import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCheckpoint extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    compress: flag.string({ short: 'c', default: 'zstd', summary: '' }),
    'create-image': flag.string({ summary: '' }),
    export: flag.string({ short: 'e', summary: '', complete: 'files' }),
    'file-locks': flag.bool({ summary: '' }),
    'ignore-rootfs': flag.bool({ summary: '' }),
    'ignore-volumes': flag.bool({ summary: '' }),
    keep: flag.bool({ short: 'k', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'leave-running': flag.bool({ short: 'R', summary: '' }),
    'pre-checkpoint': flag.bool({ short: 'P', summary: '' }),
    'print-stats': flag.bool({ summary: '' }),
    'tcp-established': flag.bool({ summary: '' }),
    'with-previous': flag.bool({ summary: '' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
