import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

type Status = Container['state']['networkStatus'];
type UserMode = Parameters<typeof import('../network/host-entries.ts')['hostContainersInternalIp']>[2];

/** What the network subsystem knows for hosts and resolv.conf, loaded when first asked. */
export function networkRequestContext(engine: ContainerEngine) {
  const { hostContainersInternalIp, networkNameServers, networkSearchDomains } =
    require('../network/host-entries.ts') as typeof import('../network/host-entries.ts');
  const { networksOf } = require('./network-request.ts') as typeof import('./network-request.ts');
  const store = networksOf(engine);
  return {
    hostAddress: (status: Status, userMode?: UserMode): string => hostContainersInternalIp(store, status, userMode),
    nameServers: (status: Status, userMode?: UserMode): string[] => networkNameServers(store, status, userMode),
    searchDomains: (status: Status): string[] => networkSearchDomains(status),
  };
}
