import { InvalidOption } from './create-errors.ts';
import type { CreateOptions } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import type { OciIdMapping } from './oci-spec.ts';
import { keepIdMappings, type Mappings, noMapMappings, parseKeepIdOptions } from './spec/id-mappings.ts';
import type { SettledNamespaces } from './spec/namespaces.ts';

export interface SettledMappings extends Mappings {
  /** Who runs the process where neither user nor image say so. */
  defaultUser?: string;
  /** The user namespace keeps the caller's ids, and the caller gets a passwd entry. */
  keepsCaller?: boolean;
}

/** The id ranges of the container's user namespace; empty where it has none of its own. */
export function settleIdMappings(
  engine: ContainerEngine,
  options: CreateOptions,
  namespaces: SettledNamespaces,
  imageUser: string,
): SettledMappings {
  const none: SettledMappings = { uidMap: [], gidMap: [] };
  const { user } = namespaces;
  switch (user.kind) {
    case 'keep-id': {
      const chosen = parseKeepIdOptions(user.value);
      const { uidMap, gidMap, user: defaultUser } = keepIdMappings(chosen);
      return { uidMap, gidMap, defaultUser, keepsCaller: chosen.uid === undefined && chosen.gid === undefined };
    }
    case 'no-map': {
      const { uidMap, gidMap, user: defaultUser } = noMapMappings();
      return { uidMap, gidMap, defaultUser };
    }
    case 'auto': {
      const { autoMappings } = require('./auto-mappings.ts') as typeof import('./auto-mappings.ts');
      return autoMappings(engine, options, options.user || imageUser);
    }
    case 'container':
    case 'pod': {
      const donor = user.kind === 'pod' ? options.pod?.infraId : user.value;
      const found = donor === undefined ? undefined : engine.state.find(donor);
      return found?.config.idMappings ?? none;
    }
    case 'private':
      if (!options.idMappings?.uidMap.length && !options.idMappings?.gidMap.length)
        throw new InvalidOption('must provide at least one UID or GID mapping to configure a user namespace');
      return withoutOverlaps(options.idMappings);
    default:
      return options.idMappings ? withoutOverlaps(options.idMappings) : none;
  }
}

/** The kernel refuses ranges that share an ID. */
function withoutOverlaps({ uidMap, gidMap }: Mappings): Mappings {
  for (const map of [uidMap, gidMap]) {
    const conflicts = map.filter((range, at) => map.slice(0, at).some((earlier) => overlap(range, earlier)));
    if (conflicts.length === 0) continue;
    const named = conflicts.map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`).join(', ');
    throw new InvalidOption(
      `creating container storage: the specified UID and/or GID mapping${conflicts.length === 1 ? '' : 's'} ${named} ` +
        `conflict${conflicts.length === 1 ? 's' : ''} with other mappings: invalid mappings specified`,
    );
  }
  return { uidMap, gidMap };
}

const overlap = (one: OciIdMapping, other: OciIdMapping): boolean =>
  (['containerID', 'hostID'] as const).some((side) => one[side] < other[side] + other.size && other[side] < one[side] + one.size);
