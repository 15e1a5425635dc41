import { resizeTerminal } from '../../../container/attach.ts';
import type { Container } from '../../../container/container.ts';
import { parseDetachKeys } from '../../../container/detach-keys.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { WrongState } from '../../../container/errors.ts';
import { newExecSession, plainExec, startExecSession } from '../../../container/exec.ts';
import { dropExecSession, type ExecSession, execBundle, syncExecSession } from '../../../container/exec-session.ts';
import { parseEnvironment } from '../../../container/options/environment.ts';
import { syncState } from '../../../container/sync-state.ts';
import type { SelkieError } from '../../../errors.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { multiplexedStream, rawStream, sinks } from './frames.ts';

interface CreateBody {
  AttachStdin: boolean;
  AttachStdout: boolean;
  AttachStderr: boolean;
  Tty: boolean;
  Cmd: string[];
  Env: string[] | null;
  User: string;
  WorkingDir: string;
  Privileged: boolean;
  DetachKeys: string;
}

/** A session that was asked for over the API: which streams its client will want. */
interface ApiSession extends ExecSession {
  attach: { stdin: boolean; stdout: boolean; stderr: boolean };
}

/** POST /containers/{name}/exec */
export const create: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  const body = await exchange.json<CreateBody>();
  const session = newExecSession(container, {
    ...plainExec,
    command: body.Cmd ?? [],
    env: parseEnvironment(body.Env ?? []),
    tty: body.Tty ?? false,
    stdin: body.AttachStdin ?? false,
    user: body.User ?? '',
    workdir: body.WorkingDir ?? '',
    privileged: body.Privileged ?? false,
    ...(body.DetachKeys ? { detachKeys: body.DetachKeys } : {}),
  });
  const attach = { stdin: body.AttachStdin ?? false, stdout: body.AttachStdout ?? false, stderr: body.AttachStderr ?? false };
  await engine.locks.with(container.id, () => {
    syncState(engine, container);
    if (container.state.status !== 'running') throw new WrongState('can only create exec sessions on running containers');
    engine.state.saveExecSession(session.id, container.id, { ...session, attach } satisfies ApiSession);
  });
  exchange.send(201, { Id: session.id });
};

/** POST /exec/{id}/start */
export const start: Handler = async (exchange, { engine }) => {
  const { session, container } = find(engine, exchange);
  const body = await exchange.json<{ Detach: boolean; Tty: boolean; h: number; w: number }>();
  if (session.state !== 'created') throw new ApiError(409, `exec session ${session.id} is already running: container state improper`);
  const { tty, stdin } = session.options;
  const forget = () => forgetLater(engine, container, session.id);
  if (body.Detach) {
    const running = await startExecSession(engine, container, session, { foreground: false });
    running.exitCode().then(forget, forget);
    exchange.send(200, '');
    return;
  }
  const connection = exchange.hijack(tty ? rawStream : multiplexedStream);
  try {
    const keys = session.options.detachKeys ?? engine.conf.engine.detach_keys;
    const running = await startExecSession(engine, container, session, {
      foreground: false,
      streams: {
        ...sinks(connection, tty, session.attach),
        ...(stdin ? { stdin: connection.input } : {}),
        detachKeys: tty ? parseDetachKeys(keys) : [],
      },
    });
    const code = running.exitCode();
    code.then(forget, forget);
    // The client asks for the exit code at once; one that has detached does not.
    if ((await running.end) === 'ended') await code;
  } catch (error) {
    const { message, exitCode = 126 } = error as SelkieError;
    await sinks(connection, tty, { stdout: true, stderr: true }).stderr?.(Buffer.from(`${message}\r\n`));
    engine.state.saveExecSession(session.id, container.id, { ...session, state: 'stopped', exitCode });
    forget();
  } finally {
    connection.end();
  }
};

/** As podman's service does, a session can be asked about for five minutes after its end. */
function forgetLater(engine: ContainerEngine, container: Container, id: string): void {
  setTimeout(() => dropExecSession(engine, container, id), 300_000).unref();
}

/** GET /exec/{id}/json */
export const inspect: Handler = (exchange, { engine }) => {
  const { session, container } = find(engine, exchange);
  syncExecSession(engine, container, session);
  const { options } = session;
  exchange.send(200, {
    CanRemove: session.state === 'stopped',
    ContainerID: container.id,
    DetachKeys: options.detachKeys ?? '',
    ExitCode: session.exitCode,
    ID: session.id,
    OpenStderr: session.attach?.stderr ?? true,
    OpenStdin: options.stdin,
    OpenStdout: session.attach?.stdout ?? true,
    Running: session.state === 'running',
    Pid: session.state === 'running' ? session.pid : 0,
    ProcessConfig: {
      arguments: options.command.slice(1),
      entrypoint: options.command[0] ?? '',
      privileged: options.privileged,
      tty: options.tty,
      user: options.user,
    },
  });
};

/** POST /exec/{id}/resize */
export const resize: Handler = (exchange, { engine }) => {
  const { session, container } = find(engine, exchange);
  resizeTerminal(execBundle(container, session.id), exchange.number('h') ?? 0, exchange.number('w') ?? 0);
  exchange.send(201);
};

/** POST /libpod/exec/{id}/remove */
export const remove: Handler = (exchange, { engine }) => {
  const { session, container } = find(engine, exchange);
  if (session.state === 'running' && !exchange.flag('force'))
    throw new ApiError(409, `cannot remove exec session ${session.id}: container state improper`);
  dropExecSession(engine, container, session.id);
  exchange.send(200, '');
};

function find(engine: ContainerEngine, exchange: Exchange): { session: ApiSession; container: Container } {
  const id = exchange.parameters['id'] ?? '';
  const session = engine.state.findExecSession<ApiSession>(id);
  const container = session && engine.state.get(session.container);
  if (session === undefined || container === undefined)
    throw new ApiError(404, `no exec session with ID ${id} found: no such exec session`);
  return { session, container };
}
