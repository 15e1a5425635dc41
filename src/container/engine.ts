import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainersConf, loadContainersConf, useConfigModules } from '../config/containers-conf.ts';
import type { GlobalOptions } from '../config/globals.ts';
import { resolveStoreOptions, type StoreOptions } from '../config/storage-conf.ts';
import { SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { Store } from '../storage/store.ts';
import { checkDatabaseBackend } from './database-backend.ts';
import type { EventLog } from './events.ts';
import { ContainerLocks } from './locks.ts';
import type { PodHooks } from './pod-hooks.ts';
import { StateDb } from './state.ts';

/** Where things are; nothing of it is made until it is used. */
export interface EnginePaths {
  graphRoot: string;
  runRoot: string;
  /** `<graphroot>/selkie`: what only selkie knows. */
  staticDir: string;
  /** `<runroot>/selkie`: the same, until the next boot. */
  volatileDir: string;
  /** libpod's: /run/libpod or $XDG_RUNTIME_DIR/libpod/tmp. */
  tmpDir: string;
  exitsDir: string;
  persistDir: string;
  /** `<graphroot>/<driver>-containers`, of which each container has `ID/userdata`. */
  containersDir: string;
  runContainersDir: string;
  volumePath: string;
  secretsDir: string;
  eventsLog: string;
}

/**
 * Containers of one store. Opening is cheap: configuration, store, images and state are read when first asked for.
 * After a reboot (the runroot's mark is gone, or is of another boot) the first use settles what ran before: see `refreshAfterReboot`.
 */
export class ContainerEngine implements Disposable {
  readonly paths: EnginePaths;
  readonly state: StateDb;
  readonly locks: ContainerLocks;
  /** Set by whoever opens the engine where pods are known of; loaded when a container of a pod ends or goes. */
  pods: (() => PodHooks) | undefined;
  private openStore: Store | undefined;
  private openImages: ImageEngine | undefined;
  private openEvents: EventLog | undefined;

  private constructor(
    readonly globals: GlobalOptions,
    readonly conf: ContainersConf,
    readonly storeOptions: StoreOptions,
  ) {
    this.paths = enginePaths(globals, conf, storeOptions);
    this.state = new StateDb(join(this.paths.staticDir, 'state.sqlite'));
    this.locks = new ContainerLocks(join(this.paths.volatileDir, 'containers.lock'));
  }

  /** @throws ConfigurationError */
  static open(globals: GlobalOptions): ContainerEngine {
    if (globals.module?.length) useConfigModules(globals.module);
    const conf = loadContainersConf();
    checkDatabaseBackend(globals.databaseBackend ?? conf.engine.database_backend);
    checkChoices(globals, conf);
    const options = resolveStoreOptions({
      root: globals.root,
      runroot: globals.runroot,
      imagestore: globals.imagestore,
      storageDriver: globals.storageDriver,
      storageOpts: globals.storageOpt && [...globals.storageOpt],
      transientStore: globals.transientStore,
    });
    const engine = new ContainerEngine(globals, conf, options);
    engine.settle();
    return engine;
  }

  get store(): Store {
    if (this.openStore === undefined) {
      const { Store } = require('../storage/store.ts') as typeof import('../storage/store.ts');
      this.openStore = Store.open(this.storeOptions);
    }
    return this.openStore;
  }

  get images(): ImageEngine {
    if (this.openImages === undefined) {
      const { ImageEngine } = require('../image/image-engine.ts') as typeof import('../image/image-engine.ts');
      this.openImages = new ImageEngine(this.store, {
        onEvent: (event) => this.events.writeImageEvent(event),
        removeContainers: async (image) => {
          const { removeContainersOf } = await import('./remove-by-image.ts');
          await removeContainersOf(this, image);
        },
      });
    }
    return this.openImages;
  }

  get events(): EventLog {
    if (this.openEvents === undefined) {
      const { EventLog } = require('./events.ts') as typeof import('./events.ts');
      this.openEvents = EventLog.forEngine(this);
    }
    return this.openEvents;
  }

  get cgroupManager(): 'cgroupfs' | 'systemd' {
    return (this.globals.cgroupManager ?? this.conf.engine.cgroup_manager) === 'systemd' ? 'systemd' : 'cgroupfs';
  }

  /** Makes the directories that running containers need. */
  prepare(): void {
    const { volatileDir, exitsDir, persistDir } = this.paths;
    if (existsSync(exitsDir) && existsSync(persistDir) && existsSync(volatileDir)) return;
    mkdirSync(volatileDir, { recursive: true, mode: 0o700 });
    mkdirSync(exitsDir, { recursive: true, mode: 0o750 });
    mkdirSync(persistDir, { recursive: true, mode: 0o750 });
  }

  private settle(): void {
    const mark = join(this.paths.volatileDir, 'alive');
    const boot = bootId();
    try {
      if (readFileSync(mark, 'utf8') === boot) return;
    } catch {
      // the first command on this runroot, or after a reboot
    }
    if (existsSync(this.state.path)) {
      const { refreshAfterReboot } = require('./reboot.ts') as typeof import('./reboot.ts');
      refreshAfterReboot(this);
    }
    try {
      mkdirSync(this.paths.volatileDir, { recursive: true, mode: 0o700 });
      writeFileSync(mark, boot);
    } catch {
      // a read-only runroot: what needs it will say so
    }
  }

  [Symbol.dispose](): void {
    this.openStore?.[Symbol.dispose]();
    this.locks[Symbol.dispose]();
    this.state[Symbol.dispose]();
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function enginePaths(globals: GlobalOptions, conf: ContainersConf, options: StoreOptions): EnginePaths {
  const tmpDir = globals.tmpdir ?? conf.engine.tmp_dir;
  const volumePath = globals.volumepath ?? (globals.root === undefined ? conf.engine.volume_path : '');
  return {
    graphRoot: options.graphRoot,
    runRoot: options.runRoot,
    // A place of its own for podman's records is one for ours as well.
    staticDir: join(conf.engine.static_dir || options.graphRoot, 'selkie'),
    volatileDir: join(options.runRoot, 'selkie'),
    tmpDir,
    exitsDir: join(tmpDir, 'exits'),
    persistDir: join(tmpDir, 'persist'),
    containersDir: join(options.transientStore ? options.runRoot : options.graphRoot, `${options.driver}-containers`),
    runContainersDir: join(options.runRoot, `${options.driver}-containers`),
    volumePath: volumePath === '' ? join(options.graphRoot, 'volumes') : volumePath,
    secretsDir: join(options.graphRoot, 'secrets'),
    eventsLog: conf.engine.events_logfile_path || join(tmpDir, 'events/events.log'),
  };
}

/** @throws SelkieError for a cgroup manager, a runtime or a place for events that nobody knows, in podman's words */
function checkChoices(globals: GlobalOptions, conf: ContainersConf): void {
  const manager = globals.cgroupManager ?? conf.engine.cgroup_manager;
  if (!['', 'cgroupfs', 'systemd'].includes(manager))
    throw new SelkieError('configuring runtime: cgroup manager must be one of cgroupfs and systemd: invalid argument');
  const { eventsBackend } = globals;
  if (eventsBackend && !eventBackends.includes(eventsBackend))
    throw new SelkieError(`configuring runtime: ${JSON.stringify(eventsBackend)} is not a valid events backend: invalid argument`);
  const { network_backend: network } = conf.network;
  if (network !== '' && network !== 'netavark')
    throw new SelkieError(
      `cni support is not enabled in this build, only netavark. Got unsupported network backend ${JSON.stringify(network)}`,
    );
  // Whatever kind and number of locks there are to be: ours are files that need no number.
  const { lock_type: locks, num_locks: count } = conf.engine;
  if (!['', 'shm', 'file'].includes(locks)) throw new SelkieError(`unknown lock type ${locks}: invalid argument`);
  if (count <= 0) throw new SelkieError('number of locks must be greater than 0: invalid argument');
  if (!eventBackends.includes(conf.engine.events_logger)) throw new SelkieError(`unknown event logger type: ${conf.engine.events_logger}`);
}

const eventBackends = ['', 'file', 'journald', 'none', 'null'];
