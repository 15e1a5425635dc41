import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { debug } from '../../diagnostics.ts';
import { bindIdMapped, MNT_DETACH, mount, unmount } from '../../os/mount.ts';
import { UserNamespace } from '../../os/user-namespace.ts';
import { TemporaryDirectory } from '../temporary-directory.ts';
import { type IdMappings, mappedRoot } from './driver.ts';
import type { OverlayLayers, OverlayMount } from './overlay-plan.ts';

const FEATURE = 'idmapped-lower-dir';

/**
 * Whether a container with mappings of its own may share layers whose files have the ids of the host: the kernel shows the lower
 * directories through an id-mapped mount. Tried once, and noted where other tools note it.
 */
export function canShiftIds(layers: OverlayLayers, { uids, gids }: IdMappings): boolean {
  if (process.env['_CONTAINERS_OVERLAY_DISABLE_IDMAP'] === 'yes') return false;
  if (layers.mountProgram !== undefined) return isContiguous(uids) && isContiguous(gids);
  return notedFeature(layers.runHome) ?? tryIdMappedLower(layers);
}

function isContiguous(maps: IdMappings['uids']): boolean {
  return maps.every((map, index) => {
    const before = maps[index - 1];
    return before === undefined || (map.containerId === before.containerId + before.size && map.hostId === before.hostId + before.size);
  });
}

function notedFeature(runHome: string): boolean | undefined {
  let names: string[];
  try {
    names = readdirSync(runHome);
  } catch {
    return undefined;
  }
  if (names.includes(`${FEATURE}-true`)) return true;
  return names.includes(`${FEATURE}-false`) ? false : undefined;
}

function tryIdMappedLower(layers: OverlayLayers): boolean {
  using temporary = TemporaryDirectory.create(`${layers.home}/tempdirs`);
  const probe = temporary.path;
  const map = [{ containerId: 0, hostId: 10000, size: 65536 }];
  let reason = '';
  try {
    for (const name of ['lower', 'mapped', 'upper', 'work', 'merged']) mkdirSync(`${probe}/${name}`);
    using namespace = UserNamespace.create(map, map);
    bindIdMapped(`${probe}/lower`, `${probe}/mapped`, namespace.fd);
    mount('overlay', `${probe}/merged`, 'overlay', 0, `lowerdir=${probe}/mapped,upperdir=${probe}/upper,workdir=${probe}/work`);
  } catch (error) {
    reason = (error as Error).message;
    debug(`id-mapped lower directories: ${reason}`);
  } finally {
    for (const name of ['merged', 'mapped']) unmount(`${probe}/${name}`, MNT_DETACH);
  }
  mkdirSync(layers.runHome, { recursive: true, mode: 0o700 });
  writeFileSync(`${layers.runHome}/${FEATURE}-${reason === ''}`, reason, { mode: 0o600 });
  return reason === '';
}

/** Runs a mount of the plan with its lower directories shown through the mappings, and its upper one given to their root. */
export function withShiftedIds(
  layers: OverlayLayers,
  id: string,
  plan: OverlayMount,
  maps: IdMappings,
  mountPlan: (plan: OverlayMount) => void,
): void {
  const [uid, gid] = [mappedRoot(maps.uids), mappedRoot(maps.gids)];
  for (const path of [plan.upper, plan.work]) if (path !== undefined) chownSync(path, uid, gid);
  using namespace = UserNamespace.create(maps.uids, maps.gids);
  const root = `${layers.home}/${id}/mapped`;
  const shown = new Map<string, string>();
  try {
    const lowers = plan.lowers.map((lower) => {
      const home = lower.slice(0, lower.lastIndexOf('/', lower.lastIndexOf('/') - 1));
      let mapped = shown.get(home);
      if (mapped === undefined) {
        mapped = `${root}/${shown.size}`;
        mkdirSync(mapped, { recursive: true, mode: 0o700 });
        bindIdMapped(home, mapped, namespace.fd);
        shown.set(home, mapped);
      }
      return mapped + lower.slice(home.length);
    });
    mountPlan({ ...plan, lowers });
  } finally {
    // The overlay holds on to what it was made of.
    for (const mapped of shown.values()) unmount(mapped, MNT_DETACH);
  }
}

/** What a mount that died midway may have left. */
export function dropShiftedMounts(directory: string): void {
  let names: string[];
  try {
    names = readdirSync(`${directory}/mapped`);
  } catch {
    return;
  }
  for (const name of names) unmount(`${directory}/mapped/${name}`, MNT_DETACH);
}
