import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import type { PullOptions } from '../../image/pull-options.ts';
import { settlePortMappings } from '../../network/ports.ts';
import { randomId } from '../../storage/ids.ts';
import { Container, type ContainerConfig, freshState, type PortMapping } from '../container.ts';
import { volumesOf } from '../container-volumes.ts';
import { makeStorage } from '../create-storage.ts';
import { validateName } from '../create-validate.ts';
import type { ContainerEngine } from '../engine.ts';
import { NameInUse } from '../errors.ts';
import { adoptFiles, readJson, unpackArchive } from './archive.ts';
import { unpackCheckpointImage } from './checkpoint-image.ts';
import { checkpointFiles } from './files.ts';
import { fromLibpodConfig, type LibpodConfig, ownDependencies } from './libpod-config.ts';

export interface ImportOptions {
  /** A new name, and with it a new ID. */
  name?: string;
  ignoreVolumes: boolean;
  /** Ports to publish in place of the original's. */
  ports?: PortMapping[];
  /** Archive of the pre-checkpoint. */
  previous?: string;
  /** What places it into a pod; what was in one has to be, and nothing else can. */
  intoPod?: (config: ContainerConfig) => void;
  onProgress?: PullOptions['onProgress'];
}

/** Makes a container of what an archive of a checkpoint holds; nothing of it runs yet. @throws SelkieError */
export async function importCheckpoint(
  engine: ContainerEngine,
  from: { archive: string } | { image: string },
  options: ImportOptions,
): Promise<Container> {
  engine.prepare();
  using directory = new WorkDirectory(engine);
  if ('image' in from) await unpackCheckpointImage(engine, from.image, directory.path);
  else {
    if (!existsSync(from.archive)) throw missing('checkpoint', from.archive);
    await unpackArchive({ path: from.archive }, directory.path, from.archive);
  }
  if (options.previous !== undefined) {
    if (!existsSync(options.previous)) throw missing('pre-checkpoint', options.previous);
    await unpackArchive({ path: options.previous }, directory.path, options.previous);
  }
  const config = settle(engine, fromLibpodConfig(readJson<LibpodConfig>(directory.path, checkpointFiles.config)), options);
  requireSameRuntime(engine, config, 'archive' in from ? from.archive : from.image);
  await requireImage(engine, config, options.onProgress);
  const container = new Container(config, freshState());
  const holder = engine.state.nameHolder(config.name);
  if (holder !== undefined) throw new NameInUse(config.name, holder);
  const storage = makeStorage(engine, container, {});
  try {
    adoptFiles(directory.path, config);
    engine.state.addContainer(container);
  } catch (error) {
    storage.undo();
    throw error;
  }
  engine.events.writeContainerEvent(container, 'create');
  return container;
}

const missing = (what: string, path: string): SelkieError =>
  new SelkieError(`failed to open ${what} archive ${path} for import: open ${path}: no such file or directory`);

/** A place beside the containers, so that what is unpacked there can be renamed into one. */
class WorkDirectory implements Disposable {
  readonly path: string;
  constructor(engine: ContainerEngine) {
    mkdirSync(engine.paths.staticDir, { recursive: true, mode: 0o700 });
    this.path = mkdtempSync(join(engine.paths.staticDir, 'restore-'));
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The description under the name, the ID and the paths that the container has here. */
function settle(engine: ContainerEngine, archived: ContainerConfig, options: ImportOptions): ContainerConfig {
  if (archived.pod !== undefined && options.intoPod === undefined) throw new SelkieError('cannot restore pod container without --pod');
  if (archived.pod === undefined && options.intoPod !== undefined) throw new SelkieError('cannot restore non pod container into pod');
  if (ownDependencies(archived).length > 0) throw new SelkieError('cannot import checkpoints of containers with dependencies');
  if (!options.ignoreVolumes) {
    for (const { name } of archived.namedVolumes) {
      if (volumesOf(engine).get(name) !== undefined)
        throw new SelkieError(`volume with name ${name} already exists. Use --ignore-volumes to not restore content of volumes`);
    }
  }
  const config = options.name === undefined ? archived : renamed(archived, options.name);
  validateName(config.name);
  const staticDir = join(engine.paths.containersDir, config.id, 'userdata');
  const runDir = join(engine.paths.runContainersDir, config.id, 'userdata');
  const isOwnShm = config.shmSize > 0;
  Object.assign(config, {
    staticDir,
    runDir,
    conmonPidFile: join(runDir, 'conmon.pid'),
    pidFile: join(runDir, 'pidfile'),
    ...(isOwnShm ? { shmDir: join(staticDir, 'shm') } : {}),
    log: { ...config.log, path: join(staticDir, 'ctr.log') },
    ...(options.ports ? { network: { ...config.network, portMappings: settlePortMappings(options.ports, []) } } : {}),
  });
  options.intoPod?.(config);
  return config;
}

/** As a clone's: the ID is in the hostname and in names on networks, too. */
function renamed(config: ContainerConfig, name: string): ContainerConfig {
  const id = randomId();
  const text = JSON.stringify(config).replaceAll(config.id, id).replaceAll(config.id.slice(0, 12), id.slice(0, 12));
  return { ...(JSON.parse(text) as ContainerConfig), name: name.replace(/^\//, '') };
}

/** What one runtime saved another cannot restore. */
function requireSameRuntime(engine: ContainerEngine, config: ContainerConfig, archive: string): void {
  const wanted = engine.globals.runtime;
  if (wanted === undefined || wanted === '' || config.runtime === '' || basename(wanted) === basename(config.runtime)) return;
  throw new SelkieError(
    `checkpoint archive ${archive} was created with runtime '${config.runtime}' and cannot be restored with runtime '${wanted}'`,
  );
}

async function requireImage(engine: ContainerEngine, config: ContainerConfig, onProgress: PullOptions['onProgress']): Promise<void> {
  if (config.rootfs !== undefined || engine.store.images.find(config.image.id) !== undefined) return;
  const [image] = await engine.images.pull(config.image.name, { policy: 'missing', ...(onProgress ? { onProgress } : {}) });
  if (image) config.image = { ...config.image, id: image.id, digest: image.digest };
}
