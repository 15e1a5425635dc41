import type { OciIdMapping } from '../container/oci-spec.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import type { IdMap } from '../storage/records.ts';

/** As the OCI runtime and buildah's records have it. */
export const toOciMap = (maps: readonly IdMap[]): OciIdMapping[] =>
  maps.map(({ containerId, hostId, size }) => ({ containerID: containerId, hostID: hostId, size }));

export const fromOciMap = (maps: readonly OciIdMapping[]): IdMap[] =>
  maps.map(({ containerID, hostID, size }) => ({ containerId: containerID, hostId: hostID, size }));

/** What buildah keeps of a working container's user namespace. */
export interface IdMappingOptions {
  HostUIDMapping: boolean;
  HostGIDMapping: boolean;
  UIDMap: OciIdMapping[] | null;
  GIDMap: OciIdMapping[] | null;
}

/** undefined: the host's ids. */
export function mapsOf(options: Partial<IdMappingOptions> | undefined): IdMappings | undefined {
  if (!options?.UIDMap?.length) return undefined;
  return { uids: fromOciMap(options.UIDMap), gids: fromOciMap(options.GIDMap ?? options.UIDMap) };
}
