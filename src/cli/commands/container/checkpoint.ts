import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCheckpoint extends SelkieCommand {
  static override summary = 'Save the state of running containers, and stop them';
  static override examples = ['container checkpoint mycontainer', 'container checkpoint --export state.tar.zst mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container for which it is possible' }),
    compress: flag.string({ short: 'c', default: 'zstd', summary: 'Compression of the exported file: gzip, zstd or none' }),
    'create-image': flag.string({ summary: 'Make an image of the checkpoint under this name' }),
    export: flag.string({ short: 'e', summary: 'Write the checkpoint to this file', complete: 'files' }),
    'file-locks': flag.bool({ summary: 'Include file locks' }),
    'ignore-rootfs': flag.bool({ summary: 'Leave changed files out' }),
    'ignore-volumes': flag.bool({ summary: 'Leave volumes out' }),
    keep: flag.bool({ short: 'k', summary: "Keep CRIU's temporary files" }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'leave-running': flag.bool({ short: 'R', summary: 'Let it run on afterwards' }),
    'pre-checkpoint': flag.bool({ short: 'P', summary: 'Save memory only, and let it run on' }),
    'print-stats': flag.bool({ summary: 'Show how long the steps took' }),
    'tcp-established': flag.bool({ summary: 'Include TCP connections that are open' }),
    'with-previous': flag.bool({ summary: 'Save only what has changed since the checkpoint before' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
