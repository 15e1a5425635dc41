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
