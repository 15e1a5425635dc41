import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fetchTree, isRemoteTree, made, unpackTree } from '../build/remote-tree.ts';
import { SelkieError } from '../errors.ts';
import { directoryOfFiles } from './build-files.ts';

/** The directory that a build takes files from; disposing takes one away that was made for it. */
export interface BuildContext extends Disposable {
  /** undefined: the build has none. */
  readonly directory: string | undefined;
  /** The context was named by its Containerfile. */
  readonly file?: string;
}

/** Whose ways of finding a context are followed where none is named. */
export type ContextRole = 'podman' | 'buildah';

/**
 * What CONTEXT of `build` means: a directory, a git repository, the address of a tar or Containerfile, `-` for one of these on
 * standard input. Without it, podman takes the directory of the first file of -f, buildah the current one. @throws SelkieError
 */
export async function openBuildContext(
  argument: string | undefined,
  files: readonly string[] | undefined,
  role: ContextRole,
): Promise<BuildContext> {
  if (argument === undefined) {
    if (role === 'buildah') return local('.');
    if (files?.length) return local(directoryOfFiles(files));
    if (!existsSync('Containerfile') && !existsSync('Dockerfile'))
      throw new SelkieError('no context directory and no Containerfile specified');
    return local('.');
  }
  if (isRemoteTree(argument) && !existsSync(argument)) return await fetchTree(argument);
  if (argument === '-') {
    const { standardInputFile } = await import('./standard-input.ts');
    using file = standardInputFile();
    return await made(async (directory) => {
      await unpackTree(file.path, directory);
      return directory;
    });
  }
  const stat = statSync(argument, { throwIfNoEntry: false });
  if (stat?.isFile() && role === 'buildah') return { ...local(dirname(argument)), file: argument };
  if (!stat?.isDirectory()) throw new SelkieError(`context must be a directory: ${JSON.stringify(resolve(argument))}`);
  return local(argument);
}

const local = (directory: string | undefined): BuildContext => ({ directory, [Symbol.dispose]: () => {} });
