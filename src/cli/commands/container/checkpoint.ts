import { isRootless } from '../../../config/paths.ts';
import { requireCriu } from '../../../container/criu.ts';
import { selectContainers } from '../../../container/selection.ts';
import { NotYet, SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
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
    const { flags, args, changed } = this.parse(ContainerCheckpoint);
    if (changed('compress')) {
      if (flags.export === '') throw new SelkieError('--compress can only be used with --export');
      if (!['none', 'gzip', 'zstd'].includes(flags.compress.toLowerCase()))
        throw new SelkieError(
          `selected compression algorithm (${JSON.stringify(flags.compress)}) not supported. Please select one from: gzip, none, zstd`,
        );
    }
    if (isRootless()) throw new SelkieError('checkpointing a container requires root');
    for (const name of ['ignore-rootfs', 'ignore-volumes'] as const)
      if (flags[name] && flags.export === '') throw new SelkieError(`--${name} can only be used with --export`);
    if (flags['with-previous'] && flags['pre-checkpoint']) throw new SelkieError('--with-previous can not be used with --pre-checkpoint');
    if (flags['with-previous'] || flags['pre-checkpoint'])
      throw new SelkieError('system (architecture/kernel/CRIU) does not support memory tracking');
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, {
      names: args,
      all: flags.all,
      latest: flags.latest,
      filters: flags.all ? ['status=running'] : [],
    });
    if (selected.length === 0) return;
    requireCriu();
    throw new NotYet(this.path);
  }
}
