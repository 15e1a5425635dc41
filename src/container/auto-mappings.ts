import { isRootless } from '../config/paths.ts';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { subordinateIds } from '../rootless/id-mappings.ts';
import type { Store } from '../storage/store.ts';
import type { SettledMappings } from './create-mappings.ts';
import type { CreateOptions } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import type { OciIdMapping } from './oci-spec.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';
import { ownMappings } from './spec/id-mappings.ts';
import { numericId, parseGroup, parsePasswd } from './spec/user-lookup.ts';

interface Range {
  start: number;
  end: number;
}

const smallest = 1024;
const largest = 65536;

/**
 * The mappings of `--userns=auto`: as many ids as the image's users need, from those that are set aside for this (of user
 * `containers`, or the rootless caller's own) and that no other container has.
 */
export function autoMappings(engine: ContainerEngine, options: CreateOptions, user: string): SettledMappings {
  const asked = options.idMappings?.auto ?? { size: 0, uidMap: [], gidMap: [] };
  const size = asked.size || sizeFor(engine, options, user);
  return allotMappings(engine.store, size, asked);
}

/** That many ids which no other container of the store has, beside those that are asked for by number. */
export function allotMappings(
  store: Store,
  size: number,
  asked: Pick<NonNullable<NonNullable<CreateOptions['idMappings']>['auto']>, 'uidMap' | 'gidMap'>,
): SettledMappings {
  const used = store.containers.list();
  return {
    uidMap: allot(
      'uid',
      size,
      asked.uidMap,
      used.flatMap(({ uidmap }) => uidmap ?? []),
    ),
    gidMap: allot(
      'gid',
      size,
      asked.gidMap,
      used.flatMap(({ gidmap }) => gidmap ?? []),
    ),
  };
}

function allot(
  kind: 'uid' | 'gid',
  size: number,
  extra: readonly OciIdMapping[],
  used: readonly { hostId: number; size: number }[],
): OciIdMapping[] {
  const taken = [
    ...used.map(({ hostId, size: count }) => ({ start: hostId, end: hostId + count })),
    ...extra.map(({ hostID, size: count }) => ({ start: hostID, end: hostID + count })),
  ];
  const free = without(available(kind), taken);
  const wanted = without(
    [{ start: 0, end: size }],
    extra.map(({ containerID, size: count }) => ({ start: containerID, end: containerID + count })),
  );
  const map: OciIdMapping[] = [...extra];
  for (const range of wanted) {
    let inside = range.start;
    while (inside < range.end) {
      const next = free[0];
      if (!next) throw new SelkieError('creating container storage: not enough unused IDs in user namespace');
      const count = Math.min(range.end - inside, next.end - next.start);
      map.push({ containerID: inside, hostID: next.start, size: count });
      inside += count;
      next.start += count;
      if (next.start === next.end) free.shift();
    }
  }
  return map.sort((a, b) => a.containerID - b.containerID);
}

function available(kind: 'uid' | 'gid'): Range[] {
  if (isRootless()) {
    const own = ownMappings();
    return (kind === 'uid' ? own.uidMap : own.gidMap)
      .map(({ containerID, size }) => ({ start: Math.max(containerID, 1), end: containerID + size }))
      .filter(({ start, end }) => end > start);
  }
  try {
    return subordinateIds(`sub${kind}`, 'containers', -1).map(({ hostId, size }) => ({ start: hostId, end: hostId + size }));
  } catch (error) {
    reportError(`Cannot find mappings for user "containers": ${(error as Error).message}`);
    throw new SelkieError('creating container storage: not enough unused IDs in user namespace', { cause: error });
  }
}

function without(ranges: Range[], taken: readonly Range[]): Range[] {
  let left = ranges.map((range) => ({ ...range }));
  for (const gone of taken) {
    left = left.flatMap((range) =>
      gone.end <= range.start || gone.start >= range.end
        ? [range]
        : [
            { start: range.start, end: gone.start },
            { start: gone.end, end: range.end },
          ].filter(({ start, end }) => end > start),
    );
  }
  return left.sort((a, b) => a.start - b.start);
}

/** Nearly every image has these, with the highest ids of all. */
const counts = ({ name }: { name: string }): boolean => name !== 'nobody' && name !== 'nogroup';

/** One more than the highest id that the image's user database or the process's user mentions. */
function sizeFor(engine: ContainerEngine, options: CreateOptions, user: string): number {
  let highest = 0;
  const consider = (id: number) => {
    if (id > highest) highest = id;
  };
  for (const part of user.split(':')) consider(numericId(part) ?? 0);
  if (options.image !== '' && !options.rootfs) {
    const { id } = engine.images.lookup(options.image);
    const path = engine.store.mountImage(id);
    try {
      using rootfs = new Rootfs(path);
      for (const entry of parsePasswd(rootfs.readFile('/etc/passwd') ?? '').filter(counts)) {
        consider(entry.uid);
        consider(entry.gid);
      }
      for (const entry of parseGroup(rootfs.readFile('/etc/group') ?? '').filter(counts)) consider(entry.gid);
    } finally {
      engine.store.unmountImage(id);
    }
  }
  const size = Math.max(highest + 1, smallest);
  if (size > largest)
    throw new SelkieError(
      `creating container storage: the container needs a user namespace with size ${size} that is bigger than the maximum value allowed with userns=auto ${largest}`,
    );
  return size;
}
