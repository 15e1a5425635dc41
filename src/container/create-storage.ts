import { chmodSync, lchownSync, mkdirSync, writeFileSync } from 'node:fs';
import { ContainerNameInUse } from '../storage/errors.ts';
import type { VolumeRequest } from '../volume/volume-store.ts';
import { type Container, ownShm } from './container.ts';
import { volumesOf } from './container-volumes.ts';
import { InvalidOption } from './create-errors.ts';
import type { CreateOptions } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import { NameInUse } from './errors.ts';
import { toHostId } from './spec/id-mappings.ts';

/** What has been made for a container; `undo` takes it back. */
export interface NewStorage {
  undo(): void;
}

/** Gives a container its layer and record in the store, its directories, its secrets' files and the volumes that are not there yet. */
export function makeStorage(engine: ContainerEngine, container: Container, options: Pick<CreateOptions, 'storageOptions'>): NewStorage {
  const { config } = container;
  checkStorageOptions(options);
  addStoreContainer(engine, container);
  const steps: (() => void)[] = [() => engine.store.containers.remove(config.id)];
  const undo = () => {
    for (const step of steps.reverse()) step();
  };
  try {
    makeDirectories(container);
    if (config.secrets.length > 0) placeSecrets(engine, container);
    for (const name of makeVolumes(engine, container)) steps.push(() => volumesOf(engine).remove(name, []));
  } catch (error) {
    undo();
    throw error;
  }
  return { undo };
}

function addStoreContainer(engine: ContainerEngine, { config }: Container): void {
  const idMappings = config.idMappings && {
    uids: config.idMappings.uidMap.map(toStoreMap),
    gids: config.idMappings.gidMap.map(toStoreMap),
  };
  const mountOptions = engine.storeOptions.driverOptions['mountopt'];
  try {
    engine.store.containers.create({
      id: config.id,
      names: [config.name],
      image: config.image.id,
      layerOptions: {
        ...(idMappings && !config.rootfs ? { idMappings } : {}),
        ...(config.privileged && mountOptions ? { mountOpts: mountOptions.split(',').filter((name) => !restrictions.includes(name)) } : {}),
      },
      metadata: JSON.stringify({
        'image-name': config.image.name,
        'image-id': config.image.id,
        name: config.name,
        'created-at': Math.floor(Date.now() / 1000),
      }),
      volatile: config.volatile,
      ...(config.mountLabel === '' ? {} : { mountLabel: config.mountLabel, processLabel: config.processLabel }),
    });
  } catch (error) {
    if (!(error instanceof ContainerNameInUse)) throw error;
    const holder = engine.store.containers.find(config.name)?.id ?? '';
    if (engine.state.get(holder) !== undefined) throw new NameInUse(config.name, holder);
    throw new InvalidOption(
      `creating container storage: ${error.message} by an external entity, or use --replace to instruct Podman to do so.`,
      { cause: error },
    );
  }
}

const restrictions = ['nodev', 'nosuid', 'noexec'];

const toStoreMap = ({ containerID, hostID, size }: { containerID: number; hostID: number; size: number }) => ({
  containerId: containerID,
  hostId: hostID,
  size,
});

function checkStorageOptions(options: Pick<CreateOptions, 'storageOptions'>): void {
  for (const key of Object.keys(options.storageOptions ?? {})) {
    throw new InvalidOption(
      key === 'size' || key === 'inodes'
        ? "creating container storage: creating read-write layer: --storage-opt is supported only for overlay over xfs with 'pquota' mount option"
        : `creating container storage: creating read-write layer: unknown option ${key}`,
    );
  }
}

function makeDirectories({ config }: Container): void {
  for (const name of ['artifacts', 'secrets']) mkdirSync(`${config.staticDir}/${name}`, { recursive: true, mode: 0o755 });
  const shm = ownShm(config);
  if (shm !== undefined) mkdirSync(shm, { recursive: true, mode: 0o700 });
}

/** Secrets become files beside the container, with the owner and mode that they have inside; nothing else keeps their values. */
function placeSecrets(engine: ContainerEngine, { config }: Container): void {
  const { SecretStore } = require('../secret/secret-store.ts') as typeof import('../secret/secret-store.ts');
  const store = new SecretStore(engine.paths.secretsDir);
  const { uidMap = [], gidMap = [] } = config.idMappings ?? {};
  for (const secret of config.secrets) {
    const path = `${config.staticDir}/secrets/${secret.name}`;
    writeFileSync(path, store.value(secret.id), { mode: 0o600 });
    lchownSync(path, toHostId(secret.uid, uidMap), toHostId(secret.gid, gidMap));
    chmodSync(path, secret.mode);
  }
}

/** Makes the volumes that do not exist, and returns their names. Options of the volume itself are used up here. */
function makeVolumes(engine: ContainerEngine, { config }: Container): string[] {
  const made: string[] = [];
  const { uidMap = [], gidMap = [] } = config.idMappings ?? {};
  for (const mount of config.namedVolumes) {
    const volumes = volumesOf(engine);
    const own = mount.options.filter((option) => option.startsWith('volume-opt'));
    mount.options = mount.options.filter((option) => !option.startsWith('volume-opt') && option !== 'nocreate');
    if (mount.name !== '' && volumes.get(mount.name)) continue;
    if (mount.name === '') mount.anonymous = true;
    const request: VolumeRequest = {
      name: mount.name,
      anonymous: mount.anonymous,
      uid: toHostId(0, uidMap),
      gid: toHostId(0, gidMap),
      options: volumeOptions(own),
    };
    try {
      mount.name = volumes.create(request).name;
    } catch (error) {
      throw new InvalidOption(`creating named volume ${JSON.stringify(mount.name)}: ${(error as Error).message}`, { cause: error });
    }
    made.push(mount.name);
    engine.events.writeEvent('volume', 'create', { Name: mount.name });
  }
  return made;
}

/** `volume-opt=type=tmpfs`. */
function volumeOptions(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const match = /^volume-opt=([^=]+)=(.*)$/s.exec(option);
      if (!match) throw new InvalidOption('cannot parse driver opts: invalid mount option');
      return [match[1] ?? '', match[2] ?? ''];
    }),
  );
}
