import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { ContainerfileError, nothingCopied } from './errors.ts';
import { type IgnoreRules, patternToRegExp } from './ignore.ts';

/** Something that COPY or ADD takes from a source tree. */
export interface SourceItem {
  /** Relative to the tree, without a leading slash; '' is the tree itself. */
  path: string;
  /** On the host, with links of the tree resolved inside it. */
  hostPath: string;
  stat: Stats;
}

/**
 * Finds what a source pattern names. Every part of a path is resolved inside the tree, so that no link leads out of it.
 * @throws ContainerfileError when nothing is left
 */
export function findSourceItems(treeRoot: string, pattern: string, rules: IgnoreRules | undefined, ignoreFile?: string): SourceItem[] {
  using root = new Rootfs(treeRoot);
  const clean = posix.join('/', pattern).slice(1);
  const paths = /[*?[\\]/.test(clean) ? expandGlob(root, clean.split('/')) : [clean];
  let filtered = 0;
  const items: SourceItem[] = [];
  for (const path of paths) {
    if (!root.exists(path === '' ? '/' : path)) continue;
    const hostPath = root.hostPath(`/${path}`);
    const stat = statSync(hostPath);
    // An ignored directory may still hold what a later rule brings back.
    if (path !== '' && rules?.ignores(path) && !(stat.isDirectory() && rules.hasExceptionsBelow(path))) {
      filtered++;
      continue;
    }
    items.push({ path, hostPath, stat });
  }
  if (items.length > 0) return items;
  if (filtered > 0) {
    throw nothingCopied(join(treeRoot, clean), filtered, ignoreFile);
  }
  if (paths.length === 1 && paths[0] === clean)
    throw new ContainerfileError(`copier: stat: ${JSON.stringify(`/${clean}`)}: no such file or directory`);
  throw new ContainerfileError(`no items matching glob ${JSON.stringify(join(treeRoot, clean))}: no such file or directory`);
}

function expandGlob(root: Rootfs, segments: string[]): string[] {
  let found = [''];
  for (const segment of segments) {
    if (!/[*?[\\]/.test(segment)) {
      found = found.map((path) => posix.join(path, segment)).filter((path) => root.exists(`/${path}`));
      continue;
    }
    const expression = patternToRegExp(segment);
    found = found.flatMap((path) => {
      if (root.kind(`/${path}`) !== 'directory') return [];
      return readdirSync(root.hostPath(`/${path}`))
        .filter((name) => expression.test(name))
        .map((name) => posix.join(path, name));
    });
  }
  return found.sort(byBytes);
}

/** One entry below a source directory; `name` is relative to that directory. */
export interface TreeEntry {
  name: string;
  hostPath: string;
  stat: Stats;
}

/**
 * What is below a directory, parents first, in bytewise order. Links are entries of their own and not followed.
 * @param prefix path of the directory within its tree, which rules go by
 */
export function* walkTree(
  directory: string,
  prefix: string,
  excluded: (path: string, isDirectory: boolean) => 'keep' | 'skip' | 'descend',
): Generator<TreeEntry> {
  yield* walk(directory, '', prefix, excluded);
}

function* walk(
  hostPath: string,
  name: string,
  prefix: string,
  excluded: (path: string, isDirectory: boolean) => 'keep' | 'skip' | 'descend',
): Generator<TreeEntry> {
  for (const child of readdirSync(hostPath).sort(byBytes)) {
    const childPath = join(hostPath, child);
    const childName = name === '' ? child : `${name}/${child}`;
    const stat = lstatSync(childPath);
    const verdict = excluded(posix.join(prefix, childName), stat.isDirectory());
    if (verdict === 'skip') continue;
    if (!stat.isDirectory()) {
      if (verdict === 'keep') yield { name: childName, hostPath: childPath, stat };
      continue;
    }
    if (verdict === 'keep') {
      yield { name: childName, hostPath: childPath, stat };
      yield* walk(childPath, childName, prefix, excluded);
      continue;
    }
    // An ignored directory appears only with what exceptions bring back from below it.
    const below = walk(childPath, childName, prefix, excluded);
    const first = below.next();
    if (first.done) continue;
    yield { name: childName, hostPath: childPath, stat };
    yield first.value;
    yield* below;
  }
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
