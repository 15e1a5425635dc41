import { isRootless } from '../../../config/paths.ts';
import type { Container } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { parsePublish } from '../../../container/options/ports.ts';
import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { CheckpointResults } from '../../checkpoint-results.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { copyProgress } from '../../output/copy-progress.ts';

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

  override async run(): Promise<void> {
    const results = new CheckpointResults('restore');
    const { flags, args } = this.parse(ContainerRestore);
    if (isRootless()) throw new SelkieError('restoring a container requires root');
    using engine = openContainers(this.globals);
    const names = args.map((name) => name.replace(/^\//, ''));
    await this.refuseContradictions(engine, names);
    const { restoreContainer } = await import('../../../container/checkpoint/restore.ts');
    for (const { container, typed, imported } of await this.wanted(engine, names, results)) {
      await results.add(container.id, typed, () =>
        restoreContainer(engine, container, {
          keep: flags.keep,
          tcpEstablished: flags['tcp-established'],
          tcpClose: flags['tcp-close'],
          fileLocks: flags['file-locks'],
          ignoreRootfs: flags['ignore-rootfs'],
          ignoreVolumes: flags['ignore-volumes'],
          ignoreStaticIp: flags['ignore-static-ip'],
          ignoreStaticMac: flags['ignore-static-mac'],
          imported,
          renamed: flags.name !== '',
          intoPod: flags.pod !== '',
          printStats: flags['print-stats'],
        }),
      );
    }
    results.print(flags['print-stats']);
  }

  private async refuseContradictions(engine: ContainerEngine, names: readonly string[]): Promise<void> {
    const { flags } = this.parse(ContainerRestore);
    const isContainer = names.some((name) => engine.state.find(name) !== undefined);
    const isImage = names.length > 0 && !isContainer && (await areCheckpointImages(engine, names));
    if (!isImage && flags.import === '') {
      for (const name of ['import-previous', 'ignore-rootfs', 'ignore-volumes', 'name', 'pod'] as const)
        if (flags[name]) throw new SelkieError(`--${name} can only be used with image or --import`);
      if (flags.publish.length > 0) throw new SelkieError('--publish can only be used with image or --import');
    }
    if (flags.name !== '' && flags['tcp-established']) throw new SelkieError('--tcp-established cannot be used with --name');
    const all = flags.all || flags.latest;
    if (flags.import !== '') {
      if (all) throw new SelkieError('cannot use --import with --all or --latest');
      if (names.length > 0) throw new SelkieError('cannot use --import with positional arguments');
    }
    if (all && names.length > 0) throw new SelkieError('--all or --latest and containers cannot be used together');
    if (!all && names.length === 0 && flags.import === '') throw new SelkieError('you must provide at least one name or id');
    if (names.length > 1 && flags.name !== '') throw new SelkieError('--name can only be used with one checkpoint image');
  }

  /** The containers to restore; those of archives and images are made first. */
  private async wanted(engine: ContainerEngine, names: readonly string[], results: CheckpointResults): Promise<Wanted[]> {
    const { flags } = this.parse(ContainerRestore);
    if (flags.import !== '') {
      const container = await this.import(engine, { archive: flags.import });
      return [{ container, typed: container.id, imported: true }];
    }
    if (flags.all || flags.latest) {
      const filters = flags.all ? ['status=exited'] : [];
      return selectContainers(engine, { names: [], all: flags.all, latest: flags.latest, filters }).map((one) => ({
        ...one,
        imported: false,
      }));
    }
    const wanted: Wanted[] = [];
    for (const name of names) {
      const container = engine.state.find(name);
      if (container) wanted.push({ container, typed: name, imported: false });
      else {
        if (!engine.images.exists(name)) throw new SelkieError(`no such container or image: ${name}`);
        const made = await results.attempt(() => this.importImage(engine, name));
        if (made) wanted.push({ container: made, typed: made.id, imported: true });
      }
    }
    return wanted;
  }

  private async importImage(engine: ContainerEngine, image: string): Promise<Container> {
    try {
      return await this.import(engine, { image });
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      throw new SelkieError(`unable to import checkpoint from image: ${JSON.stringify(image)}: ${error.message}`, { cause: error });
    }
  }

  private async import(engine: ContainerEngine, from: { archive: string } | { image: string }): Promise<Container> {
    const { flags } = this.parse(ContainerRestore);
    const { importCheckpoint } = await import('../../../container/checkpoint/import.ts');
    const onProgress = copyProgress({ quiet: false });
    return await importCheckpoint(engine, from, {
      ignoreVolumes: flags['ignore-volumes'],
      ...(flags.name === '' ? {} : { name: flags.name }),
      ...(flags.publish.length > 0 ? { ports: parsePublish([...flags.publish]) } : {}),
      ...(flags['import-previous'] === '' ? {} : { previous: flags['import-previous'] }),
      ...(flags.pod === '' ? {} : { intoPod: await placeInto(engine, flags.pod) }),
      ...(onProgress ? { onProgress } : {}),
    });
  }
}

interface Wanted {
  container: Container;
  typed: string;
  imported: boolean;
}

async function placeInto(engine: ContainerEngine, name: string): Promise<(config: Container['config']) => void> {
  const [{ lookupPod }, { restoreInto }] = await Promise.all([import('../../../pod/pod.ts'), import('../../../pod/restore-into.ts')]);
  const pod = lookupPod(engine, name);
  return (config) => restoreInto(engine, pod, config);
}

/** @throws SelkieError for what is neither container nor image */
async function areCheckpointImages(engine: ContainerEngine, names: readonly string[]): Promise<boolean> {
  const { isCheckpointImage } = await import('../../../container/checkpoint/checkpoint-image.ts');
  return names.every((name) => {
    if (!engine.images.exists(name)) throw new SelkieError(`no such container or image: ${name}`);
    if (!isCheckpointImage(engine, name)) throw new SelkieError(`image is not a checkpoint: ${engine.images.lookup(name).id}`);
    return true;
  });
}
