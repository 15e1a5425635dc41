import type { EntryStat } from '../os/raw-entries.ts';
import { displayName, parentName } from './byte-names.ts';
import { isOpaque, LowerLayers, type OverlayPrefix } from './lower-layers.ts';
import { isDirectory, isWhiteout, type TreeFile, walkTree } from './walk-tree.ts';

export interface Change {
  /** Absolute. */
  path: string;
  /** Added, changed, deleted. */
  kind: 'A' | 'C' | 'D';
}

/**
 * What a layer adds, changes and deletes, as `podman diff` has it: a directory that is there only for what is in it counts as changed,
 * and is not listed at all when nothing in it was added or deleted.
 */
export function listChanges(upper: string, lowers: readonly string[], xattrPrefix: OverlayPrefix): Change[] {
  const changes: Change[] = [];
  const listed = new Set<string>();
  const below = new LowerLayers(lowers, xattrPrefix);
  for (const file of walkTree(upper)) {
    const kind = kindOf(file, below);
    if (kind === undefined) continue;
    const path = `/${displayName(file.name)}`;
    if (isDirectory(file.stat)) listed.add(path);
    if (kind !== 'C') changes.push(...unlistedParents(path, listed));
    changes.push({ path, kind });
  }
  return changes;
}

/** What is added or deleted changes all directories above it, the upmost first. */
function unlistedParents(path: string, listed: Set<string>): Change[] {
  const parents: Change[] = [];
  for (let parent = parentName(path); parent !== '/'; parent = parentName(parent)) {
    if (listed.has(parent)) continue;
    listed.add(parent);
    parents.unshift({ path: parent, kind: 'C' });
  }
  return parents;
}

function kindOf({ name, path, stat }: TreeFile, below: LowerLayers): Change['kind'] | undefined {
  if (isWhiteout(stat)) return 'D';
  const before = below.find(name);
  if (before === undefined) return 'A';
  if (!isDirectory(stat) || !isDirectory(before)) return 'C';
  if (isOpaque(path, below.prefix)) return 'D';
  return isSameDirectory(stat, before) ? undefined : 'C';
}

function isSameDirectory(a: EntryStat, b: EntryStat): boolean {
  const isSameTime =
    a.mtimeSeconds === b.mtimeSeconds &&
    (a.mtimeNanoseconds === b.mtimeNanoseconds || a.mtimeNanoseconds === 0 || b.mtimeNanoseconds === 0);
  return isSameTime && a.mode === b.mode && a.size === b.size;
}
