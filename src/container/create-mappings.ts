import { InvalidConfiguration } from './create-errors.ts';
import type { CreateOptions } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
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
      if (!options.idMappings)
        throw new InvalidConfiguration('IDMappings are required when not creating a User namespace: invalid configuration');
      return { uidMap: options.idMappings.uidMap, gidMap: options.idMappings.gidMap };
    default:
      return options.idMappings ? { uidMap: options.idMappings.uidMap, gidMap: options.idMappings.gidMap } : none;
  }
}
