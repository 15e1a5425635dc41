import { makePipe } from '../os/process.ts';
import { setupPasta } from './pasta.ts';
import { forwardTarget, startPortForwarder } from './rootless-port.ts';
import { setupSlirp4netns } from './slirp4netns.ts';
import type { NetworkStatus, PortMapping } from './types.ts';
import type { UserModeNetwork } from './user-mode.ts';

export interface UserModeRequest {
  mode: 'pasta' | 'slirp4netns';
  /** What was written after the mode: `pasta:-T,5000` gives `['-T', '5000']`. */
  options: readonly string[];
  containerId: string;
  netnsPath: string;
  portMappings: readonly PortMapping[];
}

/** A connected namespace, and descriptors for conmon to inherit: what serves the container ends when they are closed. */
export interface UserModeSetup extends UserModeNetwork {
  keepOpen: number[];
}

/** Connects a container's network namespace without privileges. pasta ends with the namespace, slirp4netns with its pipe. */
export function setupUserModeNetwork(request: UserModeRequest): UserModeSetup {
  const { containerId, netnsPath, portMappings, options } = request;
  if (request.mode === 'pasta') return { ...setupPasta(netnsPath, portMappings, options), keepOpen: [] };
  const exit = makePipe();
  try {
    const network = setupSlirp4netns({ containerId, netnsPath, ports: portMappings, options, exitFd: exit.read });
    exit.closeRead();
    const keepOpen = [exit.write];
    if (portMappings.length > 0 && !network.forwardsPorts) {
      const forwarderExit = makePipe();
      startPortForwarder({ containerId, netnsPath, ports: portMappings, childIp: network.childIp, bridged: false }, forwarderExit.read);
      forwarderExit.closeRead();
      keepOpen.push(forwarderExit.write);
    }
    return { ...network, keepOpen };
  } catch (error) {
    exit[Symbol.dispose]();
    throw error;
  }
}

/** A forwarder of published ports that is to be started; its descriptor is there already, for a conmon that is started first. */
export interface BridgedPortForwarder {
  /** For conmon to inherit; ours is closed by the caller. */
  keepOpen: number;
  /** Starts it, once the container has addresses. */
  start(status: NetworkStatus): void;
}

/** Prepares to forward the ports of a rootless container in bridge networks. */
export function bridgedPortForwarder(request: {
  containerId: string;
  netnsPath: string;
  portMappings: readonly PortMapping[];
}): BridgedPortForwarder {
  const { containerId, netnsPath, portMappings } = request;
  const exit = makePipe();
  return {
    keepOpen: exit.write,
    start(status) {
      try {
        startPortForwarder({ containerId, netnsPath, ports: portMappings, childIp: forwardTarget(status), bridged: true }, exit.read);
      } finally {
        exit.closeRead();
      }
    },
  };
}
