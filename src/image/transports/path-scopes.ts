import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The path with links resolved, also where its last part is not there yet. */
export function resolvedPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(resolvedPath(parent), basename(absolute));
  }
}

/** Scopes of policy.json for a path: itself and the directories above, without the root. */
export function pathScopes(path: string): string[] {
  const scopes: string[] = [];
  for (let current = resolvedPath(path); current !== dirname(current); current = dirname(current)) scopes.push(current);
  return scopes;
}
