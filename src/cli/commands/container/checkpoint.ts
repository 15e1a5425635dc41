import { isRootless } from '../../../config/paths.ts';
import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { CheckpointResults } from '../../checkpoint-results.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

const compressions = ['gzip', 'none', 'zstd'] as const;

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
  static override args: Arguments = { namesOrAll: true, complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const results = new CheckpointResults('checkpoint');
    const { flags, args } = this.parse(ContainerCheckpoint);
    const compression = this.compression();
    this.refuseContradictions();
    const [{ checkpointContainer }, { tracksMemory }] = await Promise.all([
      import('../../../container/checkpoint/checkpoint.ts'),
      import('../../../container/checkpoint/criu.ts'),
    ]);
    if ((flags['with-previous'] || flags['pre-checkpoint']) && !tracksMemory())
      throw new SelkieError('system (architecture/kernel/CRIU) does not support memory tracking');
    using engine = openContainers(this.globals);
    const filters = flags.all ? ['status=running'] : [];
    const selected = selectContainers(engine, { names: args, all: flags.all, latest: flags.latest, filters });
    for (const { container, typed } of selected) {
      await results.add(container.id, typed, () =>
        checkpointContainer(engine, container, {
          keep: flags.keep,
          leaveRunning: flags['leave-running'],
          tcpEstablished: flags['tcp-established'],
          fileLocks: flags['file-locks'],
          ignoreRootfs: flags['ignore-rootfs'],
          ignoreVolumes: flags['ignore-volumes'],
          preCheckpoint: flags['pre-checkpoint'],
          withPrevious: flags['with-previous'],
          printStats: flags['print-stats'],
          ...(flags.export === '' ? {} : { export: { path: flags.export, compression } }),
          ...(flags['create-image'] === '' ? {} : { createImage: flags['create-image'] }),
        }),
      );
    }
    results.print(flags['print-stats']);
  }

  private compression(): (typeof compressions)[number] {
    const { flags, changed } = this.parse(ContainerCheckpoint);
    if (!changed('compress')) return 'zstd';
    if (flags.export === '') throw new SelkieError('--compress can only be used with --export');
    const found = compressions.find((name) => name === flags.compress.toLowerCase());
    if (found) return found;
    throw new SelkieError(
      `selected compression algorithm (${JSON.stringify(flags.compress)}) not supported. Please select one from: gzip, none, zstd`,
    );
  }

  private refuseContradictions(): void {
    const { flags } = this.parse(ContainerCheckpoint);
    if (isRootless()) throw new SelkieError('checkpointing a container requires root');
    for (const name of ['ignore-rootfs', 'ignore-volumes'] as const)
      if (flags[name] && flags.export === '') throw new SelkieError(`--${name} can only be used with --export`);
    if (flags['with-previous'] && flags['pre-checkpoint']) throw new SelkieError('--with-previous can not be used with --pre-checkpoint');
  }
}
