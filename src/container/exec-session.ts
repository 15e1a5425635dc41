import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../os/process.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

export interface ExecOptions {
  command: string[];
  env: Record<string, string>;
  tty: boolean;
  stdin: boolean;
  user: string;
  workdir: string;
  privileged: boolean;
  preserveFds: number;
  preserveFd: number[];
  detachKeys?: string;
}

/** A process in a running container besides its first one; kept in the state database while it runs, or until it is asked about. */
export interface ExecSession {
  id: string;
  container: string;
  state: 'created' | 'running' | 'stopped';
  pid: number;
  exitCode: number;
  options: ExecOptions;
}

export const execBundle = ({ config }: Container, session: string): string => join(config.staticDir, session);
export const execExitFile = (container: Container, session: string): string => join(execBundle(container, session), 'exit', container.id);

/** The exit code that conmon wrote; undefined while the process runs. */
export function readExecExit(container: Container, session: string): number | undefined {
  try {
    const code = Number.parseInt(readFileSync(execExitFile(container, session), 'utf8'), 10);
    return Number.isNaN(code) ? undefined : code;
  } catch {
    return undefined;
  }
}

/** Brings a session that says "running" in line with what is. */
export function syncExecSession(engine: ContainerEngine, container: Container, session: ExecSession): void {
  if (session.state !== 'running') return;
  const code = readExecExit(container, session.id);
  if (code === undefined && isAlive(session.pid)) return;
  session.state = 'stopped';
  session.exitCode = code ?? -1;
  engine.state.saveExecSession(session.id, container.id, session);
  // Whose clean-up comes later finds it noted, and is silent.
  engine.events.writeContainerEvent(container, 'exec_died', { exitCode: session.exitCode });
}

/** Notes the end of a session's process and takes its files away; the caller holds the container's lock. Repeatable. */
export function finishExecSession(engine: ContainerEngine, container: Container, id: string, remove: boolean): void {
  const session = engine.state.findExecSession<ExecSession>(id);
  if (session === undefined) return;
  const code = readExecExit(container, id);
  const wasRunning = session.state === 'running';
  if (code === undefined && wasRunning && isAlive(session.pid)) return;
  if (wasRunning) {
    session.state = 'stopped';
    session.exitCode = code ?? session.exitCode;
    engine.events.writeContainerEvent(container, 'exec_died', { exitCode: session.exitCode });
  }
  removeBundle(container, id);
  engine.state.transaction(() => {
    if (remove) dropExecSession(engine, container, id);
    else engine.state.saveExecSession(id, container.id, session);
  });
}

/** Forgets a session. */
export function dropExecSession(engine: ContainerEngine, container: Container, id: string): void {
  engine.state.removeExecSession(id);
  removeBundle(container, id);
}

/** conmon takes its socket away at the same moment, at which a recursive removal may stop: so until nothing is left. */
function removeBundle(container: Container, id: string): void {
  const bundle = execBundle(container, id);
  for (let tries = 0; tries < 5 && existsSync(bundle); tries++) rmSync(bundle, { recursive: true, force: true });
}
