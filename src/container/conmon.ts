import { closeSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { findConmon } from '../config/containers-conf.ts';
import { isRootless, runtimeDir } from '../config/paths.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { isSocket } from '../os/inherited.ts';
import { makePipe, type Pipe } from '../os/process.ts';
import { EPOLLIN, pollReadable, untilReadable, watchOf } from '../os/readable.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { InvalidContainerArgument } from './errors.ts';
import { exitCommand, unlessCleaned } from './exit-command.ts';
import { type OciRuntime, runtimeError, runtimeMessage, sealedRuntime } from './runtime.ts';

/** conmon, started and waiting for its begin: it loads while we prepare what it will find. */
export interface WaitingConmon extends Disposable {
  /**
   * Lets it create the container by the runtime; done when the container's process stands ready.
   * @throws RuntimeFailed with the runtime's own words
   */
  begin(): Promise<{ pid: number; conmonPid: number }>;
}

export interface ConmonLaunch {
  container: Container;
  runtime: OciRuntime;
  /** Descriptors that conmon inherits and keeps (published ports, the user's --preserve-fd come first). */
  keepOpen?: readonly number[];
  /** This process waits for the end and cleans up; the exit command then only stands in for it. */
  foreground?: boolean;
  /** Go on from these images. */
  restore?: { images: string; runtimeOptions: string[] } | undefined;
}

/** What conmon told through a pipe: a pid or an exit code, or why there is none. */
interface Report {
  data: number;
  message?: string;
}

/**
 * Starts conmon for a container. It needs the container's settings only; the bundle and the mounts must be there when it begins.
 * Disposed of before that, it is killed. Protocol: conmon 2.1, sync and start pipes (runtime.md §3).
 */
export function launchConmon(engine: ContainerEngine, launch: ConmonLaunch): WaitingConmon {
  const { container, runtime } = launch;
  const { config } = container;
  const atExit = exitCommand(engine, { id: config.id, remove: config.autoRemove, removeImage: config.facts.autoRemoveImage });
  const preserved = preservedDescriptors(container);
  const argv = [
    ...commonArguments(engine, container, runtime, config.id),
    '-b',
    config.staticDir,
    '-p',
    config.pidFile || join(config.runDir, 'pidfile'),
    '-n',
    config.name,
    '--exit-dir',
    engine.paths.exitsDir,
    '--persist-dir',
    join(engine.paths.persistDir, config.id),
    '--full-attach',
    ...(config.cgroupManager === 'systemd' && config.cgroups !== 'disabled' ? ['-s'] : []),
    // With `-i` beside it conmon would close the terminal's input for good when the first who attached leaves.
    ...(config.tty ? ['-t'] : config.stdin ? ['-i'] : []),
    ...logArguments(container),
    ...(engine.conf.engine.no_pivot_root ? ['--no-pivot'] : []),
    ...(engine.conf.containers.keyring ? [] : ['--no-new-keyring']),
    ...(config.sdnotify.mode === 'container' && config.sdnotify.socket ? [`--sdnotify-socket=${config.sdnotify.socket}`] : []),
    ...(config.timeout > 0 ? ['-T', String(config.timeout)] : []),
    // What is thrown away with the container need not be forced to the disk.
    ...(config.autoRemove ? ['--no-sync-log'] : []),
    ...runtimeArguments(container, runtime),
    ...preserveArguments(preserved),
    ...restoreArguments(launch.restore),
    '--conmon-pidfile',
    config.conmonPidFile,
    ...exitCommandArguments(launch.foreground ? unlessCleaned(atExit, config.staticDir) : atExit),
  ];
  using pipes = new DisposableStack();
  const sync = pipes.use(makePipe());
  const start = pipes.use(makePipe());
  const child = spawnConmon(argv, {
    sync,
    start,
    preserved,
    keepOpen: launch.keepOpen ?? [],
    container,
    environment: engine.conf.engine.conmon_env_vars,
  });
  const held = pipes.move();
  let begun = false;
  sync.closeWrite();
  start.closeRead();
  return {
    async begin() {
      begun = true;
      using _pipes = held;
      writeSync(start.write, '0');
      start.closeWrite();
      const report = await readReport(sync.read);
      const code = await child.exited;
      if (code !== 0) throw new SelkieError(`conmon failed: exit status ${code}`);
      if (report === undefined || report.data <= 0) throw creationError(container, runtime, report);
      return { pid: report.data, conmonPid: readConmonPid(config.conmonPidFile) };
    },
    [Symbol.dispose]() {
      if (!begun) child.kill('SIGKILL');
      held.dispose();
    },
  };
}

export function commonArguments(engine: ContainerEngine, container: Container, runtime: OciRuntime, uniqueId: string): string[] {
  return [findConmon(engine.globals.conmon), '--api-version', '1', '-c', container.id, '-u', uniqueId, '-r', runtimeOfConmon(runtime)];
}

/** A sealed copy by a path through us, so that conmon keeps no descriptor of it. A rootless process is closed to others' looks. */
function runtimeOfConmon(runtime: OciRuntime): string {
  const copy = isRootless() ? undefined : sealedRuntime(runtime);
  return copy === undefined ? runtime.path : `/proc/${process.pid}/fd/${copy}`;
}

export function runtimeArguments(container: Container, runtime: OciRuntime, log = join(container.config.runDir, 'oci-log')): string[] {
  const own = container.config.cgroups === 'disabled' && runtime.supportsNoCgroups ? ['--cgroup-manager', 'disabled'] : [];
  const cgroup = container.config.cgroupManager === 'systemd' && own.length === 0 ? [] : own;
  const args = [...(runtime.supportsJson ? ['--log-format=json'] : []), '--log', `${log}`, ...runtime.flags, ...cgroup];
  return ['--log-level', 'warning', ...args.flatMap((arg) => [`--runtime-arg=${arg}`])];
}

export function exitCommandArguments([program, ...args]: string[]): string[] {
  return ['--exit-command', program!, ...args.flatMap((arg) => ['--exit-command-arg', arg])];
}

function logArguments({ config }: Container): string[] {
  const { log } = config;
  const target =
    log.driver === 'none' || log.driver === 'journald'
      ? log.driver
      : log.driver.startsWith('passthrough')
        ? 'passthrough'
        : `k8s-file:${log.path}`;
  return [
    '-l',
    target,
    ...(log.sizeMax > 0 && target.startsWith('k8s-file') ? ['--log-size-max', String(log.sizeMax)] : []),
    ...(log.tag === '' ? [] : ['--log-tag', log.tag]),
  ];
}

/** What the user wants to be passed on, else the sockets that systemd gave us (sd_listen_fds(3)). */
function preservedDescriptors({ config }: Container): readonly number[] {
  const wanted = wantedDescriptors(config.preserveFd.map(Number), config.preserveFds);
  const listening = process.env['LISTEN_FDS'];
  if (!listening) return wanted;
  if (wanted.length > 0) {
    warn('Ignoring LISTEN_FDS to preserve custom user-specified FDs');
    return wanted;
  }
  if (!/^[+-]?\d+$/.test(listening))
    throw new SelkieError(`converting LISTEN_FDS=${listening}: strconv.Atoi: parsing ${JSON.stringify(listening)}: invalid syntax`);
  // A wrong number must not give a file of ours away.
  const promised = fromThree(Number(listening));
  const missing = promised.findIndex((fd) => !isSocket(fd));
  return missing < 0 ? promised : promised.slice(0, missing);
}

/** `--preserve-fd` and `--preserve-fds`. @throws InvalidContainerArgument for our own streams */
export function wantedDescriptors(preserveFd: readonly number[], preserveFds: number): readonly number[] {
  const stream = preserveFd.find((fd) => fd < 3);
  if (stream !== undefined)
    throw new InvalidContainerArgument(
      `cannot preserve FD ${stream}, consider using the passthrough log-driver to pass STDIO streams into the container`,
    );
  return preserveFd.length > 0 ? preserveFd : fromThree(preserveFds);
}

const fromThree = (count: number): number[] => Array.from({ length: Math.max(count, 0) }, (_, at) => at + 3);

const restoreArguments = (restore: ConmonLaunch['restore']): string[] =>
  restore === undefined ? [] : ['--restore', restore.images, ...restore.runtimeOptions.flatMap((option) => ['--runtime-opt', option])];

/** How many descriptors from 3 on the runtime is to pass on. */
export function preserveArguments(preserved: readonly number[]): string[] {
  return preserved.length === 0 ? [] : ['--runtime-opt', '--preserve-fds', '--runtime-opt', String(Math.max(...preserved) - 2)];
}

export interface ConmonPipes {
  sync: Pipe;
  start: Pipe;
  attach?: Pipe;
  preserved: readonly number[];
  keepOpen: readonly number[];
  container: Container;
  /** containers.conf's conmon_env_vars. */
  environment: readonly string[];
}

/** conmon in a session of its own; descriptors for the container first (from 3 on), then the pipes, then what is only kept open. */
export function spawnConmon(argv: string[], pipes: ConmonPipes): Bun.Subprocess {
  const { preserved } = pipes;
  const highest = preserved.length === 0 ? 2 : Math.max(...preserved);
  const slots: (number | 'ignore')[] = Array.from({ length: highest - 2 }, (_, at) => (preserved.includes(at + 3) ? at + 3 : 'ignore'));
  const first = highest + 1;
  const environment: Record<string, string> = {
    ...conmonEnvironment(pipes.environment),
    _OCI_SYNCPIPE: String(first),
    _OCI_STARTPIPE: String(first + 1),
    ...(pipes.attach === undefined ? {} : { _OCI_ATTACHPIPE: String(first + 2) }),
  };
  const own = [pipes.sync.write, pipes.start.read, ...(pipes.attach === undefined ? [] : [pipes.attach.write])];
  const passthrough = pipes.container.config.log.driver.startsWith('passthrough') && pipes.attach === undefined;
  const stdio = passthrough ? ['inherit', 'inherit', 'inherit'] : ['ignore', 'ignore', 'inherit'];
  return Bun.spawn(argv, { stdio: [...stdio, ...slots, ...own, ...pipes.keepOpen] as never, env: environment });
}

/** Ours, without what would make conmon or the runtime speak to a service of the caller's or count its sockets once more. */
function conmonEnvironment(additions: readonly string[]): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || /^(NOTIFY_SOCKET|LISTEN_.*)$/.test(name) || (name === 'DBUS_SESSION_BUS_ADDRESS' && !isRootless())) continue;
    environment[name] = value;
  }
  for (const addition of additions) {
    const at = addition.indexOf('=');
    if (at > 0) environment[addition.slice(0, at)] = addition.slice(at + 1);
  }
  environment['PATH'] ??= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  if (isRootless()) environment['XDG_RUNTIME_DIR'] = runtimeDir();
  return environment;
}

/** The next JSON line of a conmon pipe; undefined when it was closed without one. */
export async function readReport(fd: number): Promise<Report | undefined> {
  const buffer = Buffer.alloc(8192);
  let text = '';
  for (;;) {
    if (!pollReadable([fd], 0)) await untilPipeTells(fd);
    const size = readSync(fd, buffer, 0, buffer.length, null);
    if (size === 0) break;
    text += buffer.toString('utf8', 0, size);
    if (text.includes('\n')) break;
  }
  const line = text.split('\n')[0]!;
  if (line === '') return undefined;
  const parsed = JSON.parse(line) as { data?: number; exit_code?: number; pid?: number; message?: string };
  return { data: parsed.data ?? parsed.pid ?? parsed.exit_code ?? 0, message: parsed.message };
}

async function untilPipeTells(fd: number): Promise<void> {
  const watch = watchOf(fd, EPOLLIN);
  try {
    using readiness = untilReadable(watch);
    await readiness.ready;
  } finally {
    closeSync(watch);
  }
}

function creationError(container: Container, runtime: OciRuntime, report: Report | undefined): SelkieError {
  const said = runtimeMessage(join(container.config.runDir, 'oci-log')) || report?.message || '';
  if (said !== '') return runtimeError(runtime, said);
  return new SelkieError(
    `container create failed (no logs from conmon): conmon bytes ${JSON.stringify('')}: readObjectStart: expect { or n, but found`,
  );
}

function readConmonPid(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').trim()) || 0;
  } catch {
    return 0;
  }
}

export const closeAll = (fds: readonly number[]): void => {
  for (const fd of fds) closeSync(fd);
};
