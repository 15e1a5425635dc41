import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { reportError } from '../diagnostics.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { unmountContainer } from './init.ts';
import { networkContext, networkRequest } from './network-request.ts';
import { deleteFromRuntime, runtimeOf } from './runtime.ts';

export interface CleanupOptions {
  /** The container is going: its state need not be saved. */
  removing?: boolean;
  /** Done when the mounts are gone, while the runtime and the network still take theirs away; afterwards where hooks may look at it. */
  meanwhile?: () => void;
}

/**
 * Takes away what a run left: the runtime's records and cgroup, network, mounts, exec sessions. Repeatable; the caller holds the
 * lock. What fails is reported and passed over, so that a clean-up always ends.
 */
export async function cleanupContainer(engine: ContainerEngine, container: Container, options: CleanupOptions = {}): Promise<void> {
  const { config, state } = container;
  const hadRun = state.status !== 'configured';
  const isCleanedUp = !hadRun || state.status === 'exited';
  const steps: Promise<unknown>[] = [];
  if (!isCleanedUp) steps.push(deleteFromRuntime(runtimeOf(engine, container), config.id));
  steps.push(tearDownNetwork(engine, container));
  if (config.healthcheck !== undefined && hadRun) {
    steps.push(import('./health-schedule.ts').then(({ stopHealthchecks }) => stopHealthchecks(container)));
  }
  if (config.network.sharedWith !== undefined) {
    (require('./rootfs-files/network-files.ts') as typeof import('./rootfs-files/network-files.ts')).leaveSharedHosts(container);
  }
  release(engine, container);
  const late = steps.length > 0 && options.meanwhile !== undefined && hasLateHooks(container);
  try {
    if (!late) options.meanwhile?.();
  } finally {
    for (const outcome of await Promise.allSettled(steps)) {
      if (outcome.status === 'rejected') reportError(`Unable to clean up container ${config.id}: ${(outcome.reason as Error).message}`);
    }
  }
  if (late) options.meanwhile?.();
  if (state.execSessions.length > 0) {
    for (const session of state.execSessions) {
      engine.state.removeExecSession(session);
      rmSync(`${config.staticDir}/${session}`, { recursive: true, force: true });
    }
    state.execSessions = [];
  }
  if (state.status === 'stopped' || state.status === 'created') state.status = state.exited ? 'exited' : 'configured';
  state.bindMounts = {};
  state.cgroupPath = '';
  if (!options.removing) engine.state.saveState(container);
  if (!isCleanedUp && !options.removing) engine.events.writeContainerEvent(container, 'cleanup');
}

/** Whether the runtime will run hooks when it deletes the container. */
function hasLateHooks({ config }: Container): boolean {
  try {
    return readFileSync(join(config.staticDir, 'config.json'), 'utf8').includes('"poststop"');
  } catch {
    return false;
  }
}

function release(engine: ContainerEngine, container: Container): void {
  try {
    const { releaseMounts } = require('./spec/start-volumes.ts') as typeof import('./spec/start-volumes.ts');
    if (container.state.mounted) releaseMounts(engine, container);
    unmountContainer(engine, container);
  } catch (error) {
    reportError(`Unable to clean up storage of container ${container.id}: ${(error as Error).message}`);
  }
}

async function tearDownNetwork(engine: ContainerEngine, container: Container): Promise<void> {
  const { config, state } = container;
  const { netns } = state;
  if (netns === '') return;
  const { deleteNetworkNamespace, teardownContainerNetwork, teardownInBackground } =
    require('../network/index.ts') as typeof import('../network/index.ts');
  const isBridged = config.network.networks.length > 0;
  try {
    const request = networkRequest(engine, container, netns);
    if (isBridged && isRootless()) await teardownContainerNetwork(networkContext(engine), request);
    else if (isBridged) await teardownInBackground(networkContext(engine), request);
  } finally {
    if (!isBridged || isRootless()) deleteNetworkNamespace(netns);
    state.netns = '';
    state.networkStatus = undefined;
    if (isRootless()) state.boundPorts = false;
  }
}
