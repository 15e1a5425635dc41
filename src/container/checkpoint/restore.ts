import { closeSync, constants, existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unpackLayer } from '../../archive/unpack.ts';
import { SelkieError } from '../../errors.ts';
import { O_PATH } from '../../os/files.ts';
import { cleanupContainer } from '../cleanup.ts';
import { nowText } from '../clock.ts';
import { type Container, type ContainerConfig, type NetworkStatusEntry, never } from '../container.ts';
import { volumesOf } from '../container-volumes.ts';
import type { ContainerEngine } from '../engine.ts';
import { WrongState } from '../errors.ts';
import { initContainer } from '../init.ts';
import { Rootfs } from '../rootfs-files/rootfs.ts';
import { runtimeOf } from '../runtime.ts';
import { startDependencies } from '../start.ts';
import { requirePresent, syncState } from '../sync-state.ts';
import { readJson } from './archive.ts';
import type { CheckpointReport } from './checkpoint.ts';
import { CRIU_FOR_CONTAINERS, CRIU_FOR_PODS, requireCriu, requirePodRestore } from './criu.ts';
import { checkpointFiles, inCheckpoint } from './files.ts';
import { readStatistics } from './statistics.ts';

export interface RestoreOptions {
  /** Keeps the checkpoint. */
  keep: boolean;
  tcpEstablished: boolean;
  tcpClose: boolean;
  fileLocks: boolean;
  ignoreRootfs: boolean;
  ignoreVolumes: boolean;
  ignoreStaticIp: boolean;
  ignoreStaticMac: boolean;
  /** It has just been made of an archive. */
  imported: boolean;
  /** It has another name than when it was saved, and so perhaps runs several times: its addresses are not kept. */
  renamed: boolean;
  intoPod: boolean;
  printStats: boolean;
}

/** Lets a container go on from its checkpoint. @throws SelkieError */
export async function restoreContainer(engine: ContainerEngine, container: Container, options: RestoreOptions): Promise<CheckpointReport> {
  await startDependencies(engine, container);
  return await engine.locks.with(container.id, () => restoreLocked(engine, container, options));
}

async function restoreLocked(engine: ContainerEngine, container: Container, options: RestoreOptions): Promise<CheckpointReport> {
  requirePresent(engine, container);
  syncState(engine, container);
  const { config, state } = container;
  const runtime = runtimeOf(engine, container);
  requireCriu(runtime, options.intoPod ? CRIU_FOR_PODS : CRIU_FOR_CONTAINERS);
  if (options.intoPod) requirePodRestore(runtime);
  if (state.status === 'stopped') await cleanupContainer(engine, container);
  if (state.status !== 'configured' && state.status !== 'exited')
    throw new WrongState(`container ${config.id} is running or paused, cannot restore`);
  const images = inCheckpoint(config, 'images');
  const inventory = join(images, 'inventory.img');
  if (!existsSync(inventory))
    throw new SelkieError(
      `a complete checkpoint for this container cannot be found, cannot restore: faccessat ${inventory}: no such file or directory`,
    );
  state.checkpoint = { ...state.checkpoint, restoreLog: inCheckpoint(config, 'restoreLog'), path: images };
  const network = config.network;
  config.network = { ...network, networks: addressesOf(config, options) };
  const start = performance.now();
  try {
    await initContainer(engine, container, {
      restore: {
        images,
        runtimeOptions: [
          ...(options.tcpEstablished ? ['--tcp-established'] : []),
          ...(options.tcpClose ? ['--tcp-close'] : []),
          ...(options.fileLocks ? ['--file-locks'] : []),
          ...(options.intoPod && config.mountLabel !== '' ? [`--lsm-mount-context=${config.mountLabel}`] : []),
          ...(options.intoPod && config.processLabel !== '' ? [`--lsm-profile=selinux:${config.processLabel}`] : []),
        ],
        prepare: (rootfs) => putBack(engine, container, rootfs, options),
      },
    });
  } finally {
    config.network = network;
  }
  const runtimeDuration = options.printStats ? Math.round((performance.now() - start) * 1000) : 0;
  const statistics = options.printStats ? readStatistics(inCheckpoint(config, 'restoreStatistics'), 'restore') : undefined;
  state.status = 'running';
  if (state.started === never) state.started = nowText();
  state.checkpoint = { ...state.checkpoint, checkpointed: undefined, restored: nowText() };
  if (!options.keep) {
    forgetCheckpoint(config);
    state.checkpoint = { restored: state.checkpoint.restored };
  }
  engine.state.saveState(container);
  engine.events.writeContainerEvent(container, 'restore');
  return { runtimeDuration, ...(statistics ? { statistics } : {}) };
}

/** The container's networks, with the addresses that it had when it was saved. */
function addressesOf(config: ContainerConfig, options: RestoreOptions): ContainerConfig['network']['networks'] {
  const { networks } = config.network;
  const { ignoreStaticIp, ignoreStaticMac } = options;
  const asAsked = networks.map(({ name, options: { staticIps, staticMac, ...others } }) => ({
    name,
    options: {
      ...others,
      ...(staticIps && !ignoreStaticIp ? { staticIps } : {}),
      ...(staticMac && !ignoreStaticMac ? { staticMac } : {}),
    },
  }));
  if (options.renamed || (ignoreStaticIp && ignoreStaticMac)) return asAsked;
  const saved = savedNetwork(config);
  if (saved === undefined) return asAsked;
  return asAsked.map(({ name, options: { staticIps: _, staticMac: _m, ...others } }) => {
    const [interfaceName, facts] = Object.entries(saved[name]?.interfaces ?? {})[0] ?? [];
    if (interfaceName === undefined || facts === undefined) return { name, options: others };
    const staticIps = (facts.subnets ?? []).map(({ ipnet }) => ipnet.split('/')[0]!);
    return {
      name,
      options: {
        ...others,
        interfaceName,
        ...(ignoreStaticMac ? {} : { staticMac: facts.mac_address }),
        ...(ignoreStaticIp ? {} : { staticIps }),
      },
    };
  });
}

function savedNetwork({ staticDir }: ContainerConfig): Record<string, NetworkStatusEntry> | undefined {
  try {
    return readJson<Record<string, NetworkStatusEntry> | null>(staticDir, checkpointFiles.network) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What the processes had beside their memory: /dev/shm, volumes, changed and deleted files. */
async function putBack(engine: ContainerEngine, { config }: Container, rootfs: string, options: RestoreOptions): Promise<void> {
  if (config.shmSize > 0 && config.shmDir !== undefined) await unpackInto(inCheckpoint(config, 'sharedMemory'), config.shmDir);
  if (options.imported && !options.ignoreVolumes) {
    for (const { name } of config.namedVolumes) {
      const path = join(inCheckpoint(config, 'volumes'), `${name}.tar`);
      if (!existsSync(path)) throw new SelkieError(`failed to open volume file ${path}: open ${path}: no such file or directory`);
      const volumes = volumesOf(engine);
      const target = volumes.mount(name);
      try {
        await unpackInto(path, target);
      } finally {
        volumes.unmount(name);
      }
    }
  }
  if (options.ignoreRootfs) return;
  await unpackInto(inCheckpoint(config, 'rootfs'), rootfs);
  if (!existsSync(inCheckpoint(config, 'deleted'))) return;
  using root = new Rootfs(rootfs);
  for (const path of readJson<string[]>(config.staticDir, checkpointFiles.deleted)) removeInside(root, path);
}

/** Links in the parents are followed inside the root alone, the last name not at all. */
function removeInside(root: Rootfs, path: string): void {
  const name = basename(path);
  if (name === '' || name === '..' || root.kind(dirname(path)) !== 'directory') return;
  const parent = root.open(dirname(path), O_PATH | constants.O_DIRECTORY);
  try {
    rmSync(`/proc/self/fd/${parent}/${name}`, { recursive: true, force: true });
  } finally {
    closeSync(parent);
  }
}

async function unpackInto(path: string, target: string): Promise<void> {
  if (!existsSync(path)) return;
  await unpackLayer({ source: { path }, target, tarSplitPath: undefined, whiteouts: 'none', xattrPrefix: 'trusted.overlay.' });
}

function forgetCheckpoint(config: ContainerConfig): void {
  const { config: _, spec: _s, artifacts: _a, log: _l, ...files } = checkpointFiles;
  for (const name of Object.values(files)) rmSync(join(config.staticDir, name), { recursive: true, force: true });
}
