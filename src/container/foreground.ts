import { constants } from 'node:os';
import { info, warn } from '../diagnostics.ts';
import { descriptorSink, readDescriptor, type Sink } from '../os/descriptors.ts';
import { isAlive } from '../os/process.ts';
import { rawMode } from '../os/terminal.ts';
import { type AttachEnd, attachToConmon } from './attach.ts';
import { cleanupContainer } from './cleanup.ts';
import type { Container } from './container.ts';
import { parseDetachKeys } from './detach-keys.ts';
import type { ContainerEngine } from './engine.ts';
import { waitForExit } from './exit-file.ts';
import { tellPod } from './pod-hooks.ts';
import { removeLocked } from './remove.ts';
import { startContainer } from './start.ts';
import { signalContainer } from './stop.ts';
import { recordExit } from './sync-state.ts';
import { followWindowSize } from './window-size.ts';

export interface ForegroundOptions {
  /** Which of our own streams are connected: -a, -i. */
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
  /** Signals that we get go to the container. */
  sigProxy: boolean;
  /** As given by the user; undefined means containers.conf's. */
  detachKeys?: string;
  /** Attach to a container that runs already, or start it first. */
  start: boolean;
  /** Ask for an exit code after the streams have ended (`attach` and `start -a` too). */
  onDetach?: () => void;
  /** The container has been started. */
  onStarted?: () => void;
}

/**
 * Runs a created container before the user's eyes: streams, terminal size, signals; and returns its exit code. When the user
 * detaches it returns 0 and the container goes on. Clean-up, and removal with `--rm`, is done here unless the container was
 * attached to only (`start: false`).
 */
export async function runForeground(engine: ContainerEngine, container: Container, options: ForegroundOptions): Promise<number> {
  const { staticDir } = container.config;
  // In what is no terminal the keys are bytes like any others.
  const typed = parseDetachKeys(options.detachKeys ?? engine.conf.engine.detach_keys);
  const detachKeys = options.tty ? typed : [];
  // Without input too: what is typed is not to be echoed, nor its interrupts to end us.
  using _terminal = options.tty ? rawMode(0) : undefined;
  const attach = () =>
    attachToConmon(staticDir, {
      stdin: options.stdin ? readDescriptor(0) : undefined,
      stdout: options.stdout ? descriptorSink(1) : undefined,
      stderr: options.stderr ? descriptorSink(2) : undefined,
      detachKeys,
    });
  const passthrough = container.config.log.driver.startsWith('passthrough');
  let attachment: ReturnType<typeof attach> | undefined;
  if (options.start) {
    await startContainer(engine, container, {
      foreground: true,
      beforeStart: async () => {
        if (passthrough) return;
        attachment = attach();
        if (options.tty) followWindowSize(staticDir);
        if (options.sigProxy) proxySignals(engine, container);
      },
    });
    options.onStarted?.();
    engine.events.writeContainerEvent(container, 'attach');
  } else {
    attachment = attach();
    if (options.tty) followWindowSize(staticDir);
    if (options.sigProxy) proxySignals(engine, container);
    engine.events.writeContainerEvent(container, 'attach');
    // The container may have drawn its screen long ago; a new size makes it draw again.
  }
  if (options.stdin) attachment?.forwardInput();
  const end: AttachEnd = (await attachment?.end) ?? 'ended';
  if (end === 'detached') {
    engine.state.refresh(container);
    options.onDetach?.();
    return 0;
  }
  return finish(engine, container, options.start);
}

async function finish(engine: ContainerEngine, container: Container, cleanUp: boolean): Promise<number> {
  const report = await waitForExit(engine, container, true);
  if (!cleanUp) return report.code;
  const runsAgain = await engine.locks.with(container.id, async () => {
    // Someone else may have removed it, or started it again.
    if (!engine.state.refresh(container)) return false;
    if (container.isRunning && !isAlive(container.state.pid, container.state.pidStart)) recordExit(engine, container, report);
    if (container.state.status !== 'stopped' && container.state.status !== 'exited') return true;
    if (container.state.restartPolicyMatch && container.config.restartPolicy !== '') {
      const { restartByPolicy } = await import('./restart-policy.ts');
      if (await restartByPolicy(engine, container)) return true;
    }
    if (container.config.autoRemove && engine.state.dependents(container.id).length === 0) {
      await removeLocked(engine, container, { volumes: true });
    } else if (container.state.status === 'stopped') await cleanupContainer(engine, container);
    return false;
  });
  if (!runsAgain) await tellPod(engine, container);
  return report.code < 0 ? 255 : report.code;
}

/** These are ours (of a child, a closed pipe, a fault, the garbage collector), cannot be caught, or are another's second name. */
const notProxied = new Set(
  'SIGKILL SIGSTOP SIGCHLD SIGPIPE SIGURG SIGSEGV SIGBUS SIGFPE SIGILL SIGPWR SIGSTKFLT SIGIOT SIGPOLL SIGUNUSED'.split(' '),
);

/** Passes the signals that we get on to the container; from the first that comes after its end they are ours again. */
export function proxySignals(engine: ContainerEngine, container: Container): void {
  const passedOn = Object.entries(constants.signals).filter(([name]) => !notProxied.has(name));
  const pass = (name: NodeJS.Signals, number: number): void => {
    void signalContainer(engine, container, number).then((sent) => {
      if (sent) return;
      info(`Ceasing signal forwarding to container ${container.id} as it has stopped`);
      for (const [other] of passedOn) process.removeAllListeners(other);
      process.kill(process.pid, name);
    });
  };
  for (const [name] of passedOn) {
    try {
      process.on(name as NodeJS.Signals, pass);
    } catch {
      warn(`Cannot pass on signal ${name}`);
    }
  }
}

export type { Sink };
