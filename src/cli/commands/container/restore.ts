import { existsSync } from 'node:fs';
import { isRootless } from '../../../config/paths.ts';
import { requireCriu } from '../../../container/criu.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { NotYet, SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerRestore extends SelkieCommand {
  static override summary = 'Let containers go on from a checkpoint';
  static override examples = ['container restore mycontainer', 'container restore --import state.tar.zst'];
  static override usage = 'CONTAINER|IMAGE [CONTAINER|IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container for which it is possible' }),
    'file-locks': flag.bool({ summary: 'Include file locks' }),
    'ignore-rootfs': flag.bool({ summary: 'Leave changed files out' }),
    'ignore-static-ip': flag.bool({ summary: 'Let the container have another address than it had' }),
    'ignore-static-mac': flag.bool({ summary: 'Let the container have another MAC address than it had' }),
    'ignore-volumes': flag.bool({ summary: 'Leave volumes out' }),
    import: flag.string({ short: 'i', summary: 'File with the checkpoint', complete: 'files' }),
    'import-previous': flag.string({ summary: 'File of the checkpoint before this one' }),
    keep: flag.bool({ short: 'k', summary: "Keep CRIU's temporary files" }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    name: flag.string({ short: 'n', summary: 'Name' }),
    pod: flag.string({ summary: 'Pod that it belongs to; new:NAME makes one', complete: 'pods' }),
    'print-stats': flag.bool({ summary: 'Show how long the steps took' }),
    publish: flag.strings({ short: 'p', defaultText: '[]', summary: 'Port to publish: [[ADDRESS:][PORT]:]CONTAINERPORT[/PROTOCOL]' }),
    'tcp-close': flag.bool({ summary: 'Close TCP connections' }),
    'tcp-established': flag.bool({ summary: 'Include TCP connections that are open' }),
  };
  static override args: Arguments = { complete: ['containersAndImages'] };

  override run(): void {
    const { flags, args } = this.parse(ContainerRestore);
    if (isRootless()) throw new SelkieError('restoring a container requires root');
    using engine = openContainers(this.globals);
    const names = args.map((name) => name.replace(/^\//, ''));
    const isImage = names.length > 0 && !names.some((name) => engine.state.find(name)) && isCheckpointImage(engine, names);
    if (!isImage && flags.import === '') {
      for (const name of ['import-previous', 'ignore-rootfs', 'ignore-volumes', 'name', 'pod'] as const)
        if (flags[name]) throw new SelkieError(`--${name} can only be used with image or --import`);
    }
    if (flags.name !== '' && flags['tcp-established']) throw new SelkieError('--tcp-established cannot be used with --name');
    if (flags.import !== '') {
      if (flags.all || flags.latest) throw new SelkieError('cannot use --import with --all or --latest');
      if (names.length > 0) throw new SelkieError('cannot use --import with positional arguments');
    }
    const all = flags.all || flags.latest;
    if (all && names.length > 0) throw new SelkieError('--all or --latest and containers cannot be used together');
    if (!all && names.length === 0 && flags.import === '') throw new SelkieError('you must provide at least one name or id');
    if (names.length > 1 && flags.name !== '') throw new SelkieError('--name can only be used with one checkpoint image');
    if (flags.import !== '' && !existsSync(flags.import))
      throw new SelkieError(
        `failed extracting runtime information from ${flags.import}: failed to open checkpoint archive ${flags.import} for import: open ${flags.import}: no such file or directory`,
      );
    // Only checkpointed containers are restored, and there are none yet.
    if (flags.all) return;
    requireCriu();
    throw new NotYet(this.path);
  }
}

/** Whether all of the names are images of checkpoints. @throws SelkieError for what is neither container nor image */
function isCheckpointImage(engine: ContainerEngine, names: readonly string[]): boolean {
  return names.every((name) => {
    if (!engine.images.exists(name)) throw new SelkieError(`no such container or image: ${name}`);
    const { image } = engine.images.find(name);
    return Object.keys((image.manifest().parsed['annotations'] as Record<string, string> | undefined) ?? {}).some((key) =>
      key.startsWith('io.podman.annotations.checkpoint.'),
    );
  });
}
