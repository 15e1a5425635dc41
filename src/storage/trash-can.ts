import { removeTree } from './remove-tree.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

/** Collects what is to be deleted by renames, under locks, and deletes it when disposed of, after them. */
export class TrashCan implements Disposable {
  private readonly cans = new Map<string, TemporaryDirectory>();

  /** @param root a directory for temporaries on the same mount @returns false when there was nothing */
  take(path: string, root: string): boolean {
    try {
      return this.canAt(root).takeAway(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      // No room for a can: then there and now.
      removeTree(path);
      return true;
    }
  }

  private canAt(root: string): TemporaryDirectory {
    let can = this.cans.get(root);
    if (can === undefined) {
      can = TemporaryDirectory.create(root);
      this.cans.set(root, can);
    }
    return can;
  }

  [Symbol.dispose](): void {
    for (const can of this.cans.values()) can[Symbol.dispose]();
    this.cans.clear();
  }
}
