import { statSync } from 'node:fs';
import { posix } from 'node:path';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import type { CopyContent, EntryRules } from './copy-contents.ts';
import type { SourceItem } from './source-items.ts';

/**
 * `--parents`: the item with the directories that lead to it, from the context's top or, where the pattern has one, from its `/./` on.
 * It is the walk of a tree in which nothing but that way is kept.
 */
export function parentsContent(treeRoot: string, pattern: string, item: SourceItem, rules: EntryRules): CopyContent {
  using root = new Rootfs(treeRoot);
  const depth = pivotDepth(pattern);
  const pivot = item.path.split('/').slice(0, depth).join('/');
  const hostPath = root.hostPath(`/${pivot}`);
  const excluded: EntryRules = (path, isDirectory) => {
    if (path === item.path || path.startsWith(`${item.path}/`)) return rules(path, isDirectory);
    return isDirectory && item.path.startsWith(`${path}/`) ? 'keep' : 'skip';
  };
  return {
    kind: 'directory',
    item: { path: pivot, hostPath, stat: statSync(hostPath) },
    excluded: item.path === '' ? rules : excluded,
    type: item.stat.isDirectory() ? 'dir' : 'file',
  };
}

/** How many directories stand before `/./`. */
function pivotDepth(pattern: string): number {
  const at = pattern.indexOf('/./');
  const before = at >= 0 ? pattern.slice(0, at) : '';
  return posix.join('/', before).split('/').filter(Boolean).length;
}
