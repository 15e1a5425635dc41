/**
 * Networks for containers, as the engine uses them.
 *
 * Start, private network namespace:
 *   1. `createNetworkNamespace()` gives the path for the OCI spec.
 *   2. mode bridge (named networks): `setupContainerNetwork(engine, request)`. It takes 60-90 ms, nearly all of it netavark and the
 *      kernel, and nothing of it is needed before the container's process starts: begin it first, mount the root and let conmon
 *      and the runtime create the container meanwhile, await it before `start` and then write hosts and resolv.conf in place.
 *      Rootless with published ports: `bridgedPortForwarder(request)`: conmon inherits its `keepOpen`, `start(status)` follows.
 *      mode pasta or slirp4netns: `setupUserModeNetwork(request)`; conmon inherits `keepOpen`.
 *   3. hosts and resolv.conf: `hostContainersInternalIp`, `networkNameServers`, `networkSearchDomains`, statusAddresses.
 *   Root with published ports: hold them with `reservePorts(mappings)` before 2, and let conmon inherit the descriptors.
 * Stop: `teardownContainerNetwork(engine, request)` (bridge only), then `deleteNetworkNamespace(path)`; both are repeatable; or, for root,
 * `teardownInBackground`, which does both and does not keep the user waiting.
 */
export { hostContainersInternalIp, networkNameServers, networkSearchDomains } from './host-entries.ts';
export { createNetworkNamespace, deleteNetworkNamespace, pinNetworkNamespace } from './namespace.ts';
export type { NetworkStore } from './network-store.ts';
export { reservePorts, settlePortMappings } from './ports.ts';
export { redirectPorts } from './rootless-port.ts';
export {
  type NetworkContext,
  type NetworkRequest,
  openNetworks,
  setupContainerNetwork,
  teardownContainerNetwork,
  teardownInBackground,
} from './setup.ts';
export type { Network, NetworkStatus, NetworkStatusBlock, PerNetworkOptions, PortMapping } from './types.ts';
export type { UserModeNetwork } from './user-mode.ts';
export { bridgedPortForwarder, setupUserModeNetwork, type UserModeSetup } from './user-mode-setup.ts';
