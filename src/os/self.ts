import { existsSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';

/**
 * How to start this program again: the executable alone when compiled, else the runtime and the entry file. The program's own
 * arguments follow.
 */
export function selfCommand(): string[] {
  const runtime = basename(process.execPath);
  const isCompiled = !/^(bun|node)(\.exe)?$/.test(runtime);
  return isCompiled ? [process.execPath] : [process.execPath, resolve(import.meta.dirname, '..', 'main.ts')];
}

/** `selfCommand` by the name that it was called by: a link named `podman` keeps its meaning for whoever calls it later. */
export function calledAs(): string[] {
  const [program = '', ...rest] = selfCommand();
  const path = process.argv0.includes('/') ? resolve(process.argv0) : Bun.which(process.argv0);
  const isOurs = rest.length === 0 && path !== null && existsSync(path) && realpathSync(path) === realpathSync(program);
  return [isOurs ? path : program, ...rest];
}
