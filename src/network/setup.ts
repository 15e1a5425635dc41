import { closeSync, writeSync } from 'node:fs';
import type { ContainersConf } from '../config/containers-conf.ts';
import { reportError } from '../diagnostics.ts';
import { LockFile } from '../os/locks.ts';
import { makePipe } from '../os/process.ts';
import { InvalidNetwork, NoSuchNetwork } from './errors.ts';
import { allocateAddresses, assignedAddresses, checkStaticAddresses, hasOwnAddresses, releaseAddresses } from './ipam.ts';
import { deleteNetworkNamespace } from './namespace.ts';
import { type NetavarkCall, type NetavarkContext, type NetavarkRequest, runNetavark, setupCall, teardownCall } from './netavark.ts';
import { NetworkStore } from './network-store.ts';
import { networkPaths } from './paths.ts';
import type { Network, NetworkPaths, NetworkStatus } from './types.ts';

/** Where networks are to be found: the engine's paths and configuration. */
export interface NetworkContext {
  paths: { graphRoot: string; runRoot: string };
  conf: ContainersConf;
  /** `--network-config-dir` */
  networkConfigDir?: string;
}

/** A container's part in bridge, macvlan, ipvlan and plugin networks. */
export interface NetworkRequest extends NetavarkRequest {
  netnsPath: string;
}

export function openNetworks(context: NetworkContext): NetworkStore {
  return new NetworkStore(networkPaths(context.paths, context.conf, context.networkConfigDir), context.conf);
}

/** Whether we are in a user namespace that podman or selkie made: bridges then live in a namespace of their own. */
export const usesRootlessNetns = (): boolean => process.env['_CONTAINERS_USERNS_CONFIGURED'] === 'done';

/**
 * Connects a network namespace to networks by netavark. Addresses are allotted first, and given back if it fails.
 * @throws NetavarkError, IpamError, NoSuchNetwork, InvalidNetwork
 */
export async function setupContainerNetwork(context: NetworkContext, request: NetworkRequest): Promise<NetworkStatus> {
  const store = openNetworks(context);
  return alone(store.paths, async () => {
    const networks = involvedNetworks(store, request, false);
    for (const [name, options] of Object.entries(request.networks)) checkStaticAddresses(networks.get(name)!, options);
    const allotted = allocateAddresses(store.paths, networks, request.containerId, request.networks);
    try {
      const call = setupCall(netavarkContext(store), request.netnsPath, { ...request, networks: allotted }, networks);
      const status = await execute(store, call, networks.size, 'setup');
      if (Object.keys(status).length !== networks.size) {
        throw new InvalidNetwork(
          `unexpected netavark result length, want (${networks.size}), got (${Object.keys(status).length}) networks`,
        );
      }
      return status;
    } catch (error) {
      releaseAddresses(store.paths, request.containerId, [...networks.keys()]);
      throw error;
    }
  });
}

/**
 * Disconnects a network namespace. Addresses are given back whatever netavark says. Repeatable: networks that are gone, or in which
 * the container has no address any more, are passed over.
 */
export async function teardownContainerNetwork(context: NetworkContext, request: NetworkRequest): Promise<void> {
  const store = openNetworks(context);
  await alone(store.paths, async () => {
    const { names, call } = prepareTeardown(store, request);
    try {
      if (call !== undefined) await execute(store, call, names.length, 'teardown');
    } finally {
      releaseAddresses(store.paths, request.containerId, names);
    }
  });
}

/**
 * Like teardownContainerNetwork, and removes the namespace; netavark's part, 50 ms and more, goes on in a process of its own when
 * this is done. That process has netavark's lock, so whoever sets up or changes networks next waits for it; it does not heed the
 * signals by which a service manager ends what a command left. Only for root: a user's shared namespace is counted here.
 */
export async function teardownInBackground(context: NetworkContext, request: NetworkRequest): Promise<void> {
  const store = openNetworks(context);
  await alone(store.paths, async (lock) => {
    const { names, call } = prepareTeardown(store, request);
    const isHandedOver = call !== undefined && finishInBackground(call, request.netnsPath, lock);
    if (call !== undefined && !isHandedOver) await runNetavark(call).catch((error: Error) => reportError(error.message));
    releaseAddresses(store.paths, request.containerId, names);
    if (!isHandedOver) deleteNetworkNamespace(request.netnsPath);
  });
}

function prepareTeardown(store: NetworkStore, request: NetworkRequest): { names: string[]; call: NetavarkCall | undefined } {
  const networks = involvedNetworks(store, request, true);
  const assigned = assignedAddresses(store.paths, request.containerId, [...networks.keys()]);
  const names = [...networks.values()].filter((network) => network.name in assigned || !hasOwnAddresses(network)).map(({ name }) => name);
  if (names.length === 0) return { names, call: undefined };
  const options = Object.fromEntries(
    names.map((name) => [name, { ...request.networks[name]!, staticIps: assigned[name] ?? request.networks[name]!.staticIps }]),
  );
  return { names, call: teardownCall(netavarkContext(store), request.netnsPath, { ...request, networks: options }, networks) };
}

/** What a pipe takes before anybody reads it. */
const PIPE_ROOM = 65536;

function finishInBackground(call: NetavarkCall, netnsPath: string, lock: LockFile): boolean {
  if (Buffer.byteLength(call.input) > PIPE_ROOM) return false;
  using input = makePipe();
  writeSync(input.write, call.input);
  input.closeWrite();
  const script = `trap '' TERM HUP INT; "$@" 3>&- >/dev/null 2>&1; umount -l "$0" 2>/dev/null; rm -f "$0"`;
  const held = lock.handOver();
  const child = Bun.spawn(['/bin/sh', '-c', script, netnsPath, ...call.command], {
    detached: true,
    env: call.env,
    stdio: [input.read, 'ignore', 'ignore', held],
  });
  child.unref();
  closeSync(held);
  return true;
}

function involvedNetworks(store: NetworkStore, request: NetworkRequest, tolerant: boolean): Map<string, Network> {
  const networks = new Map<string, Network>();
  for (const name of Object.keys(request.networks)) {
    try {
      networks.set(name, store.find(name));
    } catch (error) {
      if (!tolerant || !(error instanceof NoSuchNetwork)) throw error;
      reportError(error.message);
    }
  }
  return networks;
}

export function netavarkContext(store: NetworkStore): NetavarkContext {
  return { paths: store.paths, conf: store.conf, rootless: usesRootlessNetns() };
}

async function execute(store: NetworkStore, call: NetavarkCall, count: number, kind: 'setup' | 'teardown'): Promise<NetworkStatus> {
  if (!usesRootlessNetns()) return await runNetavark(call);
  const { runInRootlessNetns } = require('./rootless-netns.ts') as typeof import('./rootless-netns.ts');
  return runInRootlessNetns(store, call, kind === 'setup' ? count : -count);
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs a step that no other process of podman or selkie may disturb, under netavark's lock. Waiting for the lock blocks the
 * thread, so steps of this process queue up before they ask for it.
 */
export function alone<T>(paths: NetworkPaths, step: (lock: LockFile) => Promise<T>): Promise<T> {
  const turn = queue.then(async () => {
    const lock = new LockFile(paths.lock);
    lock.lockExclusive();
    try {
      return await step(lock);
    } finally {
      lock.close();
    }
  });
  queue = turn.catch(() => undefined);
  return turn;
}
