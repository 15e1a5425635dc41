import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Container, never, podmanStatus } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { type ExecSession, syncExecSession } from './exec-session.ts';
import { hasHealthcheck, readHealthLog } from './health.ts';
import { inspectConfig } from './inspect-config.ts';
import { inspectHostConfig } from './inspect-host-config.ts';
import { inspectMounts } from './inspect-mounts.ts';
import { inspectNetwork } from './inspect-network.ts';
import { sizesOf } from './list.ts';
import type { OciSpec } from './oci-spec.ts';
import { seeState } from './sync-state.ts';

/** All that is known of a container: podman's InspectContainerData, key for key and in its order. */
export function inspectContainer(engine: ContainerEngine, container: Container, options: { size?: boolean } = {}): Record<string, unknown> {
  seeState(engine, container);
  const { config, state } = container;
  const spec = currentSpec(container);
  const args = spec.process?.args ?? [];
  const status = podmanStatus(state.status);
  return {
    Id: config.id,
    Created: config.created,
    Path: args[0] ?? '',
    // Of a command that is a single word podman repeats that word.
    Args: args.length > 1 ? args.slice(1) : args,
    State: {
      OciVersion: spec.ociVersion,
      Status: status,
      Running: state.status === 'running',
      Paused: state.status === 'paused',
      Restarting: false,
      OOMKilled: state.oomKilled,
      Dead: false,
      Pid: state.pid,
      ...(state.conmonPid > 0 ? { ConmonPid: state.conmonPid } : {}),
      ExitCode: state.exitCode,
      Error: state.error,
      StartedAt: state.started,
      FinishedAt: state.finished,
      ...(hasHealthcheck(container) ? { Health: healthOf(container) } : {}),
      ...(state.checkpoint?.checkpointed ? { Checkpointed: true } : {}),
      ...(state.pid > 0 && state.cgroupPath !== '' ? { CgroupPath: state.cgroupPath } : {}),
      CheckpointedAt: state.checkpoint?.checkpointed ?? never,
      RestoredAt: state.checkpoint?.restored ?? never,
      ...(state.checkpoint?.log ? { CheckpointLog: state.checkpoint.log } : {}),
      ...(state.checkpoint?.path ? { CheckpointPath: state.checkpoint.path } : {}),
      ...(state.checkpoint?.restoreLog ? { RestoreLog: state.checkpoint.restoreLog } : {}),
      ...(state.checkpoint?.restored ? { Restored: true } : {}),
      ...(state.stoppedByUser ? { StoppedByUser: true } : {}),
    },
    Image: config.image.id,
    ImageDigest: config.image.digest || digestOf(engine, config.image.id),
    ImageName: config.image.name,
    Rootfs: config.rootfs?.path ?? '',
    Pod: config.pod ?? '',
    ResolvConfPath: state.bindMounts['/etc/resolv.conf'] ?? lastBind(container, 'resolv.conf'),
    HostnamePath: state.bindMounts['/etc/hostname'] ?? lastBind(container, 'hostname'),
    HostsPath: state.bindMounts['/etc/hosts'] ?? lastBind(container, 'hosts'),
    StaticDir: config.staticDir,
    ...(existsSync(join(config.staticDir, 'config.json')) ? { OCIConfigPath: join(config.staticDir, 'config.json') } : {}),
    OCIRuntime: config.runtime || engine.globals.runtime || engine.conf.engine.runtime,
    ConmonPidFile: config.conmonPidFile,
    PidFile: config.pidFile,
    Name: config.name,
    RestartCount: state.restartCount,
    Driver: engine.storeOptions.driver,
    MountLabel: config.mountLabel,
    ProcessLabel: config.processLabel,
    AppArmorProfile: spec.process?.apparmorProfile ?? '',
    EffectiveCaps: spec.process?.capabilities?.effective ?? null,
    BoundingCaps: spec.process?.capabilities?.bounding ?? null,
    ExecIDs: execIds(engine, container),
    GraphDriver: graphDriver(engine, container),
    Mounts: inspectMounts(engine, container, spec),
    Dependencies: config.dependencies,
    NetworkSettings: inspectNetwork(engine, container),
    Namespace: '',
    IsInfra: config.isInfra,
    IsService: config.isService,
    KubeExitCodePropagation: config.kubeExitCodePropagation || 'invalid',
    lockNumber: engine.state.containerNumber(config.id),
    Config: inspectConfig(container, spec),
    HostConfig: inspectHostConfig(engine, container, spec),
    UseImageHosts: config.network.noHosts,
    UseImageHostname: config.network.noHostname,
    ...(options.size ? sizes(engine, container) : {}),
  };
}

/** The spec of the last start, else what create settled. */
export function currentSpec(container: Container): OciSpec {
  try {
    return JSON.parse(readFileSync(join(container.config.staticDir, 'config.json'), 'utf8')) as OciSpec;
  } catch {
    return container.config.spec;
  }
}

function lastBind({ config }: Container, name: string): string {
  const path = join(config.runDir, name);
  return existsSync(path) ? path : '';
}

function healthOf(container: Container): object {
  const { status, failingStreak, log } = readHealthLog(container);
  return { Status: status, FailingStreak: failingStreak, Log: log };
}

function digestOf(engine: ContainerEngine, image: string): string {
  if (image === '') return '';
  return engine.store.images.find(image)?.digest ?? '';
}

function execIds(engine: ContainerEngine, container: Container): string[] {
  const sessions = engine.state.execSessions<ExecSession>(container.id);
  for (const session of sessions) syncExecSession(engine, container, session);
  return sessions.filter(({ state }) => state !== 'stopped').map(({ id }) => id);
}

function graphDriver(engine: ContainerEngine, { config, state }: Container): object {
  const Name = engine.storeOptions.driver;
  const record = engine.store.containers.find(config.id);
  if (record === undefined) return { Name, Data: null };
  const base = join(engine.paths.graphRoot, Name);
  if (Name !== 'overlay') return { Name, Data: { Directory: join(base, 'dir', record.layer) } };
  const lower: string[] = [];
  for (let layer = engine.store.layers.get(record.layer)?.parent; layer; layer = engine.store.layers.get(layer)?.parent) {
    lower.push(engine.store.layers.driver.diffPath(layer));
  }
  const own = join(base, record.layer);
  return {
    Name,
    Data: {
      ...(lower.length > 0 ? { LowerDir: lower.join(':') } : {}),
      ...(state.mounted && config.rootfs === undefined ? { MergedDir: join(own, 'merged') } : {}),
      UpperDir: join(own, 'diff'),
      WorkDir: join(own, 'work'),
    },
  };
}

function sizes(engine: ContainerEngine, container: Container): object {
  const { rwSize, rootFsSize } = sizesOf(engine, container);
  return { SizeRw: rwSize, ...(rootFsSize === 0 ? {} : { SizeRootFs: rootFsSize }) };
}
