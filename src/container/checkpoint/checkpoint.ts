import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { cleanupContainer } from '../cleanup.ts';
import { nowText } from '../clock.ts';
import { type Container, podmanStatus } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import { WrongState } from '../errors.ts';
import { type OciRuntime, runtimeEnvironment, runtimeOf } from '../runtime.ts';
import { requirePresent, syncState } from '../sync-state.ts';
import { type ArchiveOptions, checkpointTar, writeArchive, writeJson, writeTar } from './archive.ts';
import { requireCriu } from './criu.ts';
import { checkpointFiles, inCheckpoint } from './files.ts';
import { ownDependencies } from './libpod-config.ts';
import { type CriuStatistics, readStatistics } from './statistics.ts';

export interface CheckpointOptions extends ArchiveOptions {
  /** Keeps CRIU's logs and statistics. */
  keep: boolean;
  leaveRunning: boolean;
  tcpEstablished: boolean;
  fileLocks: boolean;
  /** Only what changed since the pre-checkpoint. */
  withPrevious: boolean;
  /** File to write the whole container to. */
  export?: { path: string; compression: 'none' | 'gzip' | 'zstd' };
  /** Name of an image to make of it. */
  createImage?: string;
  printStats: boolean;
}

export interface CheckpointReport {
  /** Microseconds that the runtime took; 0 unless statistics were asked for, as podman has it. */
  runtimeDuration: number;
  statistics?: CriuStatistics;
}

/** Saves a running container's processes, and stops it unless it is to run on. The work is CRIU's. @throws SelkieError */
export function checkpointContainer(engine: ContainerEngine, container: Container, options: CheckpointOptions): Promise<CheckpointReport> {
  return engine.locks.with(container.id, () => checkpointLocked(engine, container, options));
}

async function checkpointLocked(engine: ContainerEngine, container: Container, options: CheckpointOptions): Promise<CheckpointReport> {
  requirePresent(engine, container);
  syncState(engine, container);
  const { config, state } = container;
  const runtime = runtimeOf(engine, container);
  requireCriu(runtime);
  if (state.status !== 'running') throw new WrongState(`${JSON.stringify(podmanStatus(state.status))} is not running, cannot checkpoint`);
  if (config.autoRemove && options.export === undefined)
    throw new SelkieError("cannot checkpoint containers that have been started with '--rm' unless '--export' is used");
  const dumpLog = inCheckpoint(config, 'dumpLog');
  // Here in case that it fails. The container's processes write to it as well.
  writeFileSync(dumpLog, '', { mode: 0o600 });
  state.checkpoint = { ...state.checkpoint, log: dumpLog, path: inCheckpoint(config, 'images') };
  engine.state.saveState(container);
  const runtimeDuration = await dump(runtime, container, options);
  if (config.shmSize > 0 && config.shmDir !== undefined) await writeTar(inCheckpoint(config, 'sharedMemory'), config.shmDir);
  writeJson(inCheckpoint(config, 'network'), state.networkStatus ?? null);
  // CRIU makes an absolute link, which would not survive a move: criu issue 116.
  if (options.withPrevious) {
    const parent = join(inCheckpoint(config, 'images'), 'parent');
    rmSync(parent, { force: true });
    symlinkSync(`../${checkpointFiles.earlierImages}`, parent);
  }
  try {
    if (options.export) await exportTo(engine, container, options.export, options);
    else if (options.createImage)
      await (await import('./checkpoint-image.ts')).createCheckpointImage(engine, container, runtime, options.createImage, options);
    if (!options.leaveRunning && !options.preCheckpoint) {
      Object.assign(state, { status: 'stopped', exited: true, exitCode: 0, finished: nowText() });
      state.checkpoint = { ...state.checkpoint, checkpointed: nowText(), restored: undefined };
      await cleanupContainer(engine, container);
    }
    const statistics = options.printStats ? readStatistics(inCheckpoint(config, 'dumpStatistics'), 'dump') : undefined;
    if (!options.keep && !options.preCheckpoint) {
      rmSync(dumpLog, { force: true });
      rmSync(inCheckpoint(config, 'dumpStatistics'), { force: true });
      state.checkpoint.log = undefined;
    }
    engine.state.saveState(container);
    return { runtimeDuration, ...(statistics ? { statistics } : {}) };
  } finally {
    engine.events.writeContainerEvent(container, 'checkpoint');
  }
}

async function exportTo(
  engine: ContainerEngine,
  container: Container,
  { path, compression }: NonNullable<CheckpointOptions['export']>,
  options: ArchiveOptions,
): Promise<void> {
  requireExportable(container);
  await writeArchive(path, checkpointTar(engine, container, options), compression);
}

/** @throws SelkieError for one that would not find elsewhere what it needs */
export function requireExportable({ config }: Container): void {
  if (ownDependencies(config).length > 0) throw new SelkieError('cannot export checkpoints of containers with dependencies');
}

/** Has the runtime write the images. @returns microseconds */
async function dump(runtime: OciRuntime, { config }: Container, options: CheckpointOptions): Promise<number> {
  const images = inCheckpoint(config, options.preCheckpoint ? 'earlierImages' : 'images');
  const args = [
    ...runtime.flags,
    'checkpoint',
    '--image-path',
    images,
    '--work-path',
    config.staticDir,
    ...(options.leaveRunning ? ['--leave-running'] : []),
    ...(options.tcpEstablished ? ['--tcp-established'] : []),
    ...(options.fileLocks ? ['--file-locks'] : []),
    ...(options.preCheckpoint ? ['--pre-dump'] : []),
    ...(!options.preCheckpoint && options.withPrevious ? ['--parent-path', `../${checkpointFiles.earlierImages}`] : []),
    config.id,
  ];
  rmSync(images, { recursive: true, force: true });
  mkdirSync(images, { recursive: true, mode: 0o700 });
  const start = performance.now();
  const child = Bun.spawn([runtime.path, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: runtimeEnvironment() });
  const code = await child.exited;
  if (code !== 0) throw new SelkieError(`\`${[runtime.path, ...args].join(' ')}\` failed: exit status ${code}`);
  return options.printStats ? Math.round((performance.now() - start) * 1000) : 0;
}
