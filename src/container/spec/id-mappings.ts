import { readFileSync } from 'node:fs';
import { isRootless, rootlessGid, rootlessUid } from '../../config/paths.ts';
import { InvalidOption } from '../create-errors.ts';
import type { OciIdMapping } from '../oci-spec.ts';
import { cut } from '../options/cut.ts';
import { parseUint } from '../options/numbers.ts';

export interface Mappings {
  uidMap: OciIdMapping[];
  gidMap: OciIdMapping[];
}

/** The ranges of ids that this process's user namespace has: `containerID` is what we see, `hostID` what lies outside. */
export function ownMappings(): Mappings {
  return { uidMap: readMap('/proc/self/uid_map'), gidMap: readMap('/proc/self/gid_map') };
}

function readMap(path: string): OciIdMapping[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return [];
  }
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([containerID = 0, hostID = 0, size = 0]) => ({ containerID, hostID, size }));
}

export interface KeepIdOptions {
  uid?: number;
  gid?: number;
  size?: number;
}

/** The options of `keep-id:uid=,gid=,size=`. */
export function parseKeepIdOptions(text: string | undefined): KeepIdOptions {
  const options: KeepIdOptions = {};
  for (const part of text === undefined ? [] : text.split(',')) {
    const [key, value] = cut(part, '=');
    if (value === undefined) throw new InvalidOption(`invalid option specified: ${JSON.stringify(part)}`);
    if (key !== 'uid' && key !== 'gid' && key !== 'size') throw new InvalidOption(`unknown option specified: ${JSON.stringify(key)}`);
    options[key] = parseUint(value, 32);
  }
  return options;
}

/** The mappings of `--userns=keep-id`: the caller keeps its ids inside. Root's are all ids as they are. */
export function keepIdMappings(options: KeepIdOptions): Mappings & { user: string } {
  if (!isRootless()) {
    if (options.size !== undefined) throw new InvalidOption('cannot set max size for user namespace when not running rootless');
    const own = ownMappings();
    return { uidMap: shift(own.uidMap), gidMap: shift(own.gidMap), user: `${options.uid ?? 0}:${options.gid ?? 0}` };
  }
  const uid = options.uid ?? rootlessUid();
  const gid = options.gid ?? rootlessGid();
  const { uidMap, gidMap } = ownMappings();
  return {
    uidMap: keepId(uid, delegated(uidMap), options.size),
    gidMap: keepId(gid, delegated(gidMap), options.size),
    user: `${uid}:${gid}`,
  };
}

/** Inside of our namespace the ids outside are known by the ids that we see. */
const shift = (map: OciIdMapping[]): OciIdMapping[] => map.map(({ containerID, size }) => ({ containerID, hostID: containerID, size }));

/** How many ids beyond the caller's own the namespace has. */
const delegated = (map: OciIdMapping[]): number => map.reduce((total, range) => total + range.size, 0) - 1;

function keepId(id: number, available: number, size: number | undefined): OciIdMapping[] {
  const most = size === undefined ? available : Math.min(available, size - 1);
  const map: OciIdMapping[] = [];
  if (available > 0 && id !== 0) map.push({ containerID: 0, hostID: 1, size: Math.min(id, most) });
  map.push({ containerID: id, hostID: 0, size: 1 });
  if (most > id) map.push({ containerID: id + 1, hostID: id + 1, size: most - id });
  return map.filter((range) => range.size > 0);
}

/** The mappings of `--userns=nomap`: the caller's own ids are not inside. */
export function noMapMappings(): Mappings & { user: string } {
  if (!isRootless()) throw new InvalidOption('nomap is only supported in rootless mode');
  const { uidMap, gidMap } = ownMappings();
  const without = (map: OciIdMapping[]): OciIdMapping[] => [{ containerID: 0, hostID: 1, size: delegated(map) }];
  return { uidMap: without(uidMap), gidMap: without(gidMap), user: '0:0' };
}

/** What an id inside is outside; ids without a range have none. */
export function toHostId(id: number, map: readonly OciIdMapping[]): number {
  if (map.length === 0) return id;
  const range = map.find(({ containerID, size }) => id >= containerID && id < containerID + size);
  if (!range) throw new InvalidOption(`container ID ${id} cannot be mapped to a host ID`);
  return range.hostID + id - range.containerID;
}

/** A process needs its ids in its namespace. @throws InvalidOption with Go's syntax of the ranges, as podman prints them */
export function requireMapped(kind: 'UID' | 'GID', id: number, map: readonly OciIdMapping[]): void {
  if (map.length === 0 || map.some(({ containerID, size }) => id >= containerID && id < containerID + size)) return;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const ranges = map.map(
    ({ containerID, hostID, size }) => `specs.LinuxIDMapping{ContainerID:${hex(containerID)}, HostID:${hex(hostID)}, Size:${hex(size)}}`,
  );
  throw new InvalidOption(`container uses ID mappings ([]specs.LinuxIDMapping{${ranges.join(', ')}}), but doesn't map ${kind} ${id}`);
}

/** What an id outside is inside. */
export function toContainerId(id: number, map: readonly OciIdMapping[]): number {
  if (map.length === 0) return id;
  const range = map.find(({ hostID, size }) => id >= hostID && id < hostID + size);
  if (!range) throw new InvalidOption(`host ID ${id} cannot be mapped to a container ID`);
  return range.containerID + id - range.hostID;
}

/** Ranges that cross the borders of our own namespace's ranges are refused by the kernel: split them there. */
export function splitAtOwnRanges(map: readonly OciIdMapping[], own: readonly OciIdMapping[]): OciIdMapping[] {
  if (own.length === 0) return [...map];
  const split: OciIdMapping[] = [];
  for (const range of map) {
    let { containerID, hostID, size } = range;
    while (size > 0) {
      const holder = own.find((candidate) => hostID >= candidate.containerID && hostID < candidate.containerID + candidate.size);
      const part = holder ? Math.min(size, holder.containerID + holder.size - hostID) : size;
      split.push({ containerID, hostID, size: part });
      containerID += part;
      hostID += part;
      size -= part;
    }
  }
  return split;
}
