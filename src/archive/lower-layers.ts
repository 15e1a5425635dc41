import { type EntryStat, getAttribute, statEntry } from '../os/raw-entries.ts';
import { parentName } from './byte-names.ts';
import { isDirectory, isWhiteout } from './walk-tree.ts';

export type OverlayPrefix = 'trusted.overlay.' | 'user.overlay.';

/** Whether a directory hides what lower layers have of it. */
export const isOpaque = (path: string, prefix: OverlayPrefix): boolean => getAttribute(path, `${prefix}opaque`) === 'y';

/** The layers below one, nearest first, as they are seen from it. */
export class LowerLayers {
  readonly #roots: readonly string[];

  constructor(
    directories: readonly string[],
    readonly prefix: OverlayPrefix,
  ) {
    this.#roots = directories.map((directory) => Buffer.from(directory).toString('latin1'));
  }

  /** What is visible under a name (a byte string, relative): undefined when nothing is, or when it is deleted. */
  find(name: string): EntryStat | undefined {
    for (const root of this.#roots) {
      const stat = statEntry(`${root}/${name}`);
      if (stat !== undefined) return isWhiteout(stat) ? undefined : stat;
      if (this.#isHidden(root, name)) return undefined;
    }
    return undefined;
  }

  /** Whether this layer hides what those further down have: a parent is deleted, is no directory, or is opaque. */
  #isHidden(root: string, name: string): boolean {
    for (let parent = parentName(`/${name}`); parent !== '/'; parent = parentName(parent)) {
      const path = root + parent;
      const stat = statEntry(path);
      if (stat !== undefined && (!isDirectory(stat) || isOpaque(path, this.prefix))) return true;
    }
    return false;
  }
}
