import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { UserModeNetwork } from '../network/user-mode.ts';
import { MNT_DETACH, unmount } from '../os/mount.ts';
import { processStartTime } from '../os/process.ts';
import { closeAll, launchConmon } from './conmon.ts';
import { type Container, ownShm } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { expectExit } from './exit-file.ts';
import { networkContext, networkRequest } from './network-request.ts';
import { runtimeOf } from './runtime.ts';
import { serializeSpec } from './spec/serialize.ts';
import { endUnfinishedStart } from './unfinished-start.ts';
import { letContainerRootPass } from './user-namespace-access.ts';

export interface InitOptions {
  /** We stay and clean up ourselves, unless we are killed. */
  foreground?: boolean;
  /** Its processes go on from a checkpoint in place of being made anew: they run when this is done. */
  restore?: RestoreRequest;
}

export interface RestoreRequest {
  /** Directory with CRIU's images. */
  images: string;
  /** Further flags of the runtime. */
  runtimeOptions: string[];
  /** Puts the files back that the processes had; everything is mounted. */
  prepare: (rootfs: string) => Promise<void>;
}

/**
 * Brings a container from "configured" (or ended) to "created": root and /dev/shm mounted, network made, conmon and the runtime
 * holding a process that waits to be started. The caller holds the container's lock. When it fails everything is put back.
 */
export async function initContainer(engine: ContainerEngine, container: Container, options: InitOptions = {}): Promise<void> {
  const { config, state } = container;
  engine.prepare();
  await endUnfinishedStart(engine, container);
  expectExit(engine, config.id);
  mkdirSync(config.runDir, { recursive: true, mode: 0o700 });
  rmSync(join(config.runDir, 'oci-log'), { force: true });
  // Should we be killed before conmon may begin, it begins: it must not find the bundle of an earlier run.
  rmSync(join(config.staticDir, 'config.json'), { force: true });
  await using undo = new AsyncDisposableStack();

  const network = prepareNetwork(engine, container, undo);
  const runtime = runtimeOf(engine, container);
  const conmon = undo.use(
    launchConmon(engine, {
      container,
      runtime,
      keepOpen: network.keepOpen,
      foreground: options.foreground,
      restore: options.restore,
    }),
  );
  closeAll(network.keepOpen);
  network.keepOpen.length = 0;
  undo.defer(() => unmountContainer(engine, container));
  const rootfs = mountContainer(engine, container);
  letContainerRootPass(config, [rootfs, config.staticDir, config.runDir, engine.paths.tmpDir, engine.paths.volumePath]);
  const { finishSpec } = require('./spec/finish.ts') as typeof import('./spec/finish.ts');
  const { releaseMounts } = require('./spec/start-volumes.ts') as typeof import('./spec/start-volumes.ts');
  const { writeNetworkFiles } = require('./rootfs-files/network-files.ts') as typeof import('./rootfs-files/network-files.ts');
  undo.defer(() => releaseMounts(engine, container));
  const spec = finishSpec(engine, container, { rootfs, ...(network.path === '' ? {} : { netnsPath: network.path }) });
  writeFileSync(join(config.staticDir, 'config.json'), serializeSpec(spec), { mode: 0o644 });
  state.cgroupPath = spec.linux?.cgroupsPath ?? '';

  const { restore } = options;
  if (restore !== undefined) {
    await restore.prepare(rootfs);
    // They run at once, and may look for their addresses.
    state.networkStatus = (await network.status) ?? state.networkStatus;
    writeNetworkFiles(engine, container, rootfs, network.userMode);
  } else state.checkpoint = undefined;
  const created = await conmon.begin();
  undo.defer(async () => {
    const { deleteFromRuntime } = await import('./runtime.ts');
    await deleteFromRuntime(runtime, config.id);
  });
  if (network.afterwards) network.setUp(`/proc/${created.pid}/ns/net`);
  const status = await network.status;
  if (status !== undefined) state.networkStatus = status;
  if (restore === undefined) writeNetworkFiles(engine, container, rootfs, network.userMode);
  Object.assign(state, {
    status: 'created',
    pid: created.pid,
    pidStart: processStartTime(created.pid),
    conmonPid: created.conmonPid,
    mounted: true,
    exitCode: 0,
    exited: false,
    oomKilled: false,
    error: '',
    restartPolicyMatch: false,
    cleanupByForeground: options.foreground ? process.pid : 0,
  });
  engine.state.saveState(container);
  undo.move();
  if (restore === undefined) engine.events.writeContainerEvent(container, 'init');
}

/** Mounts the root and the container's /dev/shm. Repeatable. @returns the root's path */
export function mountContainer(engine: ContainerEngine, container: Container): string {
  const { config, state } = container;
  if (state.mounted && state.mountpoint !== '') return state.mountpoint;
  const path = config.rootfs === undefined ? engine.store.mount(config.id) : mountRootfs(container);
  state.mountpoint = path;
  state.mounted = true;
  engine.state.saveState(container);
  return path;
}

function mountRootfs(container: Container): string {
  const { path, overlay } = container.config.rootfs!;
  if (!overlay) return path;
  const { mountRootfsOverlay } = require('./rootfs-overlay.ts') as typeof import('./rootfs-overlay.ts');
  return mountRootfsOverlay(container, path);
}

/** Undoes `mountContainer`; nothing mounted is as good. */
export function unmountContainer(engine: ContainerEngine, container: Container, force = false): void {
  const { config, state } = container;
  const shm = ownShm(config);
  if (shm !== undefined) unmount(shm, MNT_DETACH);
  if (state.mounted) {
    if (config.rootfs?.overlay) unmount(state.mountpoint, MNT_DETACH);
    else if (config.rootfs === undefined) engine.store.unmount(config.id, force);
  }
  state.mounted = false;
  state.mountpoint = '';
}

interface PreparedNetwork {
  /** What the runtime is to join; empty where it makes the namespace or there is none. */
  path: string;
  userMode?: UserModeNetwork;
  keepOpen: number[];
  /** The runtime makes the namespace (it belongs to a new user namespace), and it is connected afterwards. */
  afterwards: boolean;
  setUp(namespace: string): void;
  status: Promise<Container['state']['networkStatus'] | undefined>;
}

function prepareNetwork(engine: ContainerEngine, container: Container, undo: AsyncDisposableStack): PreparedNetwork {
  const { config, state } = container;
  const { network } = config;
  const none: PreparedNetwork = { path: '', keepOpen: [], afterwards: false, setUp() {}, status: Promise.resolve(undefined) };
  if (network.sharedWith !== undefined) return { ...none, path: namespaceOf(engine, network.sharedWith, 'net') };
  if (network.path !== undefined) return { ...none, path: network.path };
  if (!network.createNamespace) return none;
  const {
    createNetworkNamespace,
    bridgedPortForwarder,
    deleteNetworkNamespace,
    pinNetworkNamespace,
    reservePorts,
    setupContainerNetwork,
    setupUserModeNetwork,
    teardownContainerNetwork,
  } = require('../network/index.ts') as typeof import('../network/index.ts');
  const isBridge = network.networks.length > 0;
  const prepared: PreparedNetwork = {
    ...none,
    keepOpen: [],
    afterwards: config.namespaces.user.kind !== 'host',
  };
  undo.defer(() => closeAll(prepared.keepOpen));
  undo.defer(async () => {
    await prepared.status.catch(() => {});
    if (state.netns === '') return;
    if (isBridge) await teardownContainerNetwork(networkContext(engine), networkRequest(engine, container, state.netns)).catch(() => {});
    deleteNetworkNamespace(state.netns);
    state.netns = '';
  });
  if (isBridge && !isRootless() && engine.conf.engine.enable_port_reservation)
    prepared.keepOpen.push(...reservePorts(network.portMappings));
  const connect = (): void => {
    if (isBridge) {
      prepared.status = setupContainerNetwork(networkContext(engine), networkRequest(engine, container, state.netns));
      if (isRootless() && network.portMappings.length > 0) {
        const forwarder = bridgedPortForwarder({ containerId: config.id, netnsPath: state.netns, portMappings: network.portMappings });
        prepared.keepOpen.push(forwarder.keepOpen);
        prepared.status = prepared.status.then((status) => {
          forwarder.start(status ?? {});
          return status;
        });
      }
      prepared.status.catch(() => {});
      return;
    }
    const mode = /^(pasta|slirp4netns)/.exec(network.mode)?.[1] as 'pasta' | 'slirp4netns' | undefined;
    if (mode === undefined) return;
    const { keepOpen, ...userMode } = setupUserModeNetwork({
      mode,
      options: network.modeOptions,
      containerId: config.id,
      netnsPath: state.netns,
      portMappings: network.portMappings,
    });
    prepared.keepOpen.push(...keepOpen);
    prepared.userMode = userMode;
  };
  if (prepared.afterwards) {
    prepared.setUp = (namespace) => {
      state.netns = pinNetworkNamespace(namespace);
      connect();
    };
    return prepared;
  }
  state.netns = createNetworkNamespace();
  prepared.path = state.netns;
  connect();
  return prepared;
}

/** Path of another container's namespace. @throws SelkieError where that container does not run */
export function namespaceOf(engine: ContainerEngine, id: string, kind: 'net' | 'ipc' | 'uts' | 'pid' | 'user' | 'mnt' | 'cgroup'): string {
  const owner = engine.state.lookup(id);
  if (kind === 'net' && owner.state.netns !== '') return owner.state.netns;
  if (owner.state.pid <= 0)
    throw new SelkieError(`cannot get namespace path unless container ${owner.id} is running: container state improper`);
  return `/proc/${owner.state.pid}/ns/${kind}`;
}
