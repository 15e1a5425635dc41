import { allotMappings } from '../container/auto-mappings.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import type { Store } from '../storage/store.ts';
import type { UserNamespace } from './build-options.ts';
import { fromOciMap, toOciMap } from './id-maps.ts';

/** As many ids as an image's users commonly are. */
const usualSize = 65_536;

/** The maps for a working container; those that nobody else has are looked for in the store. @throws SelkieError when there are not enough */
export function settleMaps(store: Store, wanted: UserNamespace | undefined): IdMappings | undefined {
  if (wanted?.kind !== 'auto') return wanted?.maps;
  const asked = { uidMap: toOciMap(wanted.uids), gidMap: toOciMap(wanted.gids) };
  const { uidMap, gidMap } = allotMappings(store, wanted.size || usualSize, asked);
  return { uids: fromOciMap(uidMap), gids: fromOciMap(gidMap) };
}
