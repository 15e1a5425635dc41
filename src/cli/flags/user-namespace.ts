import type { UserNamespace } from '../../build/build-options.ts';
import { fromOciMap } from '../../build/id-maps.ts';
import { parseIdMapFlags } from '../../container/options/id-map-flags.ts';
import { ownMappings } from '../../container/spec/id-mappings.ts';
import { NotYet, SelkieError } from '../../errors.ts';
import { subordinateIds } from '../../rootless/id-mappings.ts';
import type { IdMap } from '../../storage/records.ts';

interface UserNamespaceFlags {
  readonly userns?: string;
  readonly 'userns-uid-map'?: readonly string[];
  readonly 'userns-gid-map'?: readonly string[];
  readonly 'userns-uid-map-user'?: string;
  readonly 'userns-gid-map-group'?: string;
}

/** --userns and the maps for it; undefined for the host's ids. @throws SelkieError */
export function toUserNamespace(flags: UserNamespaceFlags): UserNamespace | undefined {
  const { userns = '' } = flags;
  const user = flags['userns-uid-map-user'] || flags['userns-gid-map-group'] || '';
  const group = flags['userns-gid-map-group'] || user;
  const uids = [...(user ? subordinateIds('subuid', user, -1) : []), ...(flags['userns-uid-map'] ?? []).flatMap(readMaps)];
  const gids = [...(group ? subordinateIds('subgid', group, -1) : []), ...(flags['userns-gid-map'] ?? []).flatMap(readMaps)];
  const mapped = uids.length > 0 || gids.length > 0;
  if (/^auto(:|$)/.test(userns)) return automatic(userns);
  if (userns === 'host') {
    if (mapped) throw new SelkieError("can not specify ID mappings while using host's user namespace");
    return undefined;
  }
  if (!['', 'container', 'private'].includes(userns)) throw new NotYet(`buildah --userns=${userns}`);
  if (mapped) return { kind: 'maps', maps: { uids: uids.length > 0 ? uids : gids, gids: gids.length > 0 ? gids : uids } };
  if (userns === '') return undefined;
  const { uidMap, gidMap } = ownMappings();
  const inside = (maps: typeof uidMap): IdMap[] =>
    maps.map(({ containerID, size }) => ({ containerId: containerID, hostId: containerID, size }));
  return { kind: 'maps', maps: { uids: inside(uidMap), gids: inside(gidMap) } };
}

function automatic(userns: string): UserNamespace {
  const choice = parseIdMapFlags({ uidmap: [], gidmap: [], subuidname: '', subgidname: '', auto: userns.slice('auto:'.length) });
  const { size, uidMap, gidMap } = choice!.auto!;
  return { kind: 'auto', size, uids: fromOciMap(uidMap), gids: fromOciMap(gidMap) };
}

/** `CONTAINER:HOST:COUNT`, whatever stands between the numbers. */
function readMaps(text: string): IdMap[] {
  const numbers = text.split(/\D+/).filter(Boolean).map(Number);
  if (numbers.length % 3 !== 0) throw new SelkieError(`mapping ${JSON.stringify(text)} is not in the form containerid:hostid:size[,...]`);
  const maps: IdMap[] = [];
  for (let i = 0; i < numbers.length; i += 3) maps.push({ containerId: numbers[i]!, hostId: numbers[i + 1]!, size: numbers[i + 2]! });
  return maps;
}
