import { existsSync, mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { descriptorSink, readDescriptor } from '../os/descriptors.ts';
import { makePipe } from '../os/process.ts';
import { rawMode } from '../os/terminal.ts';
import { randomId } from '../storage/ids.ts';
import { type AttachEnd, type Attachment, type AttachStreams, attachToConmon } from './attach.ts';
import {
  commonArguments,
  exitCommandArguments,
  preserveArguments,
  readReport,
  runtimeArguments,
  spawnConmon,
  wantedDescriptors,
} from './conmon.ts';
import type { Container } from './container.ts';
import { parseDetachKeys } from './detach-keys.ts';
import type { ContainerEngine } from './engine.ts';
import { InvalidContainerArgument, WrongState } from './errors.ts';
import { execProcess } from './exec-process.ts';
import { dropExecSession, type ExecOptions, type ExecSession, execBundle, readExecExit } from './exec-session.ts';
import { exitCommand, unlessCleaned } from './exit-command.ts';
import { runtimeError, runtimeMessage, runtimeOf } from './runtime.ts';
import { requirePresent, syncState } from './sync-state.ts';
import { followWindowSize } from './window-size.ts';

export function newExecSession(container: Container, options: ExecOptions): ExecSession {
  if (options.command.length === 0) throw new InvalidContainerArgument('must provide a non-empty command to start an exec session');
  return { id: randomId(), container: container.id, state: 'created', pid: 0, exitCode: 0, options };
}

/** Enters a session in the database. @throws WrongState unless the container runs */
async function enterSession(engine: ContainerEngine, container: Container, session: ExecSession): Promise<void> {
  await engine.locks.with(container.id, () => {
    requirePresent(engine, container);
    syncState(engine, container);
    if (container.state.status !== 'running') throw new WrongState('can only create exec sessions on running containers');
    engine.state.saveExecSession(session.id, container.id, session);
  });
}

interface RunningExec {
  readonly session: ExecSession;
  /** Of the streams; absent for a detached session. */
  readonly end: Promise<AttachEnd>;
  /** The process's exit code, when it has ended. */
  exitCode(): Promise<number>;
}

interface StartExec {
  streams?: AttachStreams;
  /** We wait for its end and clean up. */
  foreground: boolean;
  /** No event tells of it: health checks would drown all others. */
  silent?: boolean;
}

/** Enters a session and starts its process. @throws WrongState, RuntimeFailed (126 or 127 where the command cannot be run) */
export async function startExecSession(
  engine: ContainerEngine,
  container: Container,
  session: ExecSession,
  start: StartExec,
): Promise<RunningExec> {
  const { options } = session;
  const bundle = execBundle(container, session.id);
  const spec = join(bundle, `exec-process-${session.id.slice(0, 10)}`);
  const runtime = runtimeOf(engine, container);
  const log = join(bundle, 'oci-log');
  const command = exitCommand(engine, { id: container.id, execSession: session.id, remove: start.foreground });
  const preserved = wantedDescriptors(options.preserveFd, options.preserveFds);
  const argv = [
    ...commonArguments(engine, container, runtime, session.id),
    '-b',
    bundle,
    '-p',
    join(bundle, 'exec_pid'),
    '-n',
    container.name,
    '--exit-dir',
    join(bundle, 'exit'),
    '--persist-dir',
    join(bundle, 'persist'),
    '--full-attach',
    ...(options.tty ? ['-t'] : []),
    ...(options.stdin ? ['-i'] : []),
    '-l',
    'none',
    ...runtimeArguments(container, runtime, log),
    ...preserveArguments(preserved),
    '-e',
    '--exec-attach',
    '--exec-process-spec',
    spec,
    ...exitCommandArguments(start.foreground ? unlessCleaned(command, bundle) : command),
  ];
  const sync = makePipe();
  const begin = makePipe();
  using attach = makePipe();
  let child: Bun.Subprocess | undefined;
  try {
    child = spawnConmon(argv, {
      sync,
      start: begin,
      attach,
      preserved,
      keepOpen: [],
      container,
      environment: engine.conf.engine.conmon_env_vars,
    });
    sync.closeWrite();
    begin.closeRead();
    attach.closeWrite();
    // While conmon loads.
    await enterSession(engine, container, session);
    mkdirSync(join(bundle, 'exit'), { recursive: true, mode: 0o750 });
    mkdirSync(join(bundle, 'persist'), { recursive: true, mode: 0o750 });
    writeFileSync(spec, JSON.stringify(execProcess(engine, container, options)), { mode: 0o600 });
    writeSync(begin.write, '0');
    const ready = await readReport(attach.read);
    if (ready === undefined) throw failure(engine, container, log);
    const attachment: Attachment | undefined = start.streams && attachToConmon(bundle, start.streams);
    if (options.tty && start.foreground) followWindowSize(bundle);
    writeSync(begin.write, '0');
    begin[Symbol.dispose]();
    attachment?.forwardInput();
    const report = await readReport(sync.read);
    if (report === undefined || report.data <= 0) throw failure(engine, container, log, report?.message);
    session.pid = report.data;
    session.state = 'running';
    engine.state.saveExecSession(session.id, container.id, session);
    if (!start.silent) engine.events.writeContainerEvent(container, 'exec');
    return {
      session,
      end: attachment?.end ?? Promise.resolve('ended'),
      exitCode: async () => {
        const last = await readReport(sync.read);
        sync[Symbol.dispose]();
        if (last?.message !== undefined && last.data < 0) throw runtimeError(runtime, last.message);
        return last?.data ?? readExecExit(container, session.id) ?? -1;
      },
    };
  } catch (error) {
    child?.kill('SIGKILL');
    dropExecSession(engine, container, session.id);
    sync[Symbol.dispose]();
    begin[Symbol.dispose]();
    throw error;
  }
}

function failure(engine: ContainerEngine, container: Container, log: string, said = ''): Error {
  const message = runtimeMessage(log) || said;
  return runtimeError(runtimeOf(engine, container), message === '' ? 'the exec session ended before its process began' : message);
}

/** `exec` before the user's eyes. @returns the exit code of the process; 0 when the user detached */
export async function runExec(engine: ContainerEngine, container: Container, options: ExecOptions): Promise<number> {
  const session = newExecSession(container, options);
  // In what is no terminal the keys are bytes like any others.
  const typed = parseDetachKeys(options.detachKeys ?? engine.conf.engine.detach_keys);
  const detachKeys = options.tty ? typed : [];
  using _terminal = options.tty ? rawMode(0) : undefined;
  const running = await startExecSession(engine, container, session, {
    foreground: true,
    streams: {
      stdin: options.stdin ? readDescriptor(0) : undefined,
      stdout: descriptorSink(1),
      stderr: descriptorSink(2),
      detachKeys,
    },
  });
  if ((await running.end) === 'detached') return 0;
  const code = await running.exitCode();
  session.exitCode = code;
  session.state = 'stopped';
  if (existsSync(execBundle(container, session.id))) dropExecSession(engine, container, session.id);
  engine.events.writeContainerEvent(container, 'exec_died', { exitCode: code });
  return code < 0 ? 255 : code;
}

/** Runs a command in the container for its output; no event tells of it. @throws RuntimeFailed where it cannot be run */
export async function captureExec(
  engine: ContainerEngine,
  container: Container,
  command: string[],
): Promise<{ code: number; output: string; errors: string }> {
  const session = newExecSession(container, { ...plainExec, command });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  try {
    const running = await startExecSession(engine, container, session, {
      foreground: true,
      silent: true,
      streams: {
        stdout: (chunk) => void output.push(Buffer.from(chunk)),
        stderr: (chunk) => void errors.push(Buffer.from(chunk)),
        detachKeys: [],
      },
    });
    await running.end;
    return { code: await running.exitCode(), output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() };
  } finally {
    dropExecSession(engine, container, session.id);
  }
}

/** A process with nothing special about it. */
export const plainExec = {
  env: {},
  tty: false,
  stdin: false,
  user: '',
  workdir: '',
  privileged: false,
  preserveFds: 0,
  preserveFd: [],
} satisfies Partial<ExecOptions>;

/** `exec --detach`. @returns the session's ID */
export async function runExecDetached(engine: ContainerEngine, container: Container, options: ExecOptions): Promise<string> {
  const session = newExecSession(container, options);
  await startExecSession(engine, container, session, { foreground: false });
  return session.id;
}
