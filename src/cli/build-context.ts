import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { InputFile } from './standard-input.ts';

/** The directory that a build takes files from; disposing takes one away that was made for it. */
export interface BuildContext extends Disposable {
  /** undefined: the build has none. */
  readonly directory: string | undefined;
}

/**
 * What CONTEXT of `build` means: a directory, a git repository, the address of a tar or Containerfile, `-` for one of these on
 * standard input. Without it, it is the current directory, or none where -f names a file. @throws SelkieError
 */
export async function openBuildContext(argument: string | undefined, files: readonly string[] | undefined): Promise<BuildContext> {
  if (argument === undefined) {
    if (files?.length) return local(undefined);
    if (!existsSync('Containerfile') && !existsSync('Dockerfile'))
      throw new SelkieError('no context directory and no Containerfile specified');
    return local('.');
  }
  const git = gitSource(argument);
  if (git) return made((directory) => clone(git, directory));
  if (/^https?:\/\//.test(argument)) {
    const { downloadFile } = await import('./download.ts');
    using file = await downloadFile(argument);
    return await made((directory) => unpack(file, directory));
  }
  if (argument === '-') {
    const { standardInputFile } = await import('./standard-input.ts');
    using file = standardInputFile();
    return await made((directory) => unpack(file, directory));
  }
  if (!existsSync(argument) || !statSync(argument).isDirectory())
    throw new SelkieError(`context must be a directory: ${JSON.stringify(resolve(argument))}`);
  return local(argument);
}

const local = (directory: string | undefined): BuildContext => ({ directory, [Symbol.dispose]: () => {} });

async function made(fill: (directory: string) => Promise<string>): Promise<BuildContext> {
  const parent = mkdtempSync(join(process.env['TMPDIR'] || '/var/tmp', 'buildah'));
  const remove = (): void => rmSync(parent, { recursive: true, force: true });
  try {
    const directory = join(parent, 'download');
    mkdirSync(directory, { mode: 0o700 });
    return { directory: await fill(directory), [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A tar is unpacked; anything else is taken for the Containerfile. */
async function unpack(file: InputFile, directory: string): Promise<string> {
  const { isArchive, unpackArchive } = await import('../build/local-archive.ts');
  if (await isArchive(file.path)) await unpackArchive(file.path, directory, undefined);
  else copyFileSync(file.path, join(directory, 'Dockerfile'));
  return directory;
}

interface GitSource {
  readonly repository: string;
  /** Branch, tag or commit; '' for what the repository has checked out. */
  readonly ref: string;
  readonly subdirectory: string;
}

/** `REPOSITORY.git[#[REF][:DIRECTORY]]` */
function gitSource(argument: string): GitSource | undefined {
  const [repository = '', fragment = ''] = argument.split('#', 2);
  if (!/^git:\/\//.test(argument) && !/^(https?|ssh):\/\/.*\.git$/.test(repository) && !/^git@.*\.git$/.test(repository)) return undefined;
  const [ref = '', subdirectory = ''] = fragment.split(':', 2);
  return { repository, ref, subdirectory };
}

async function clone({ repository, ref, subdirectory }: GitSource, directory: string): Promise<string> {
  const { spawnSync } = await import('node:child_process');
  // what follows `--` is no option, whatever it begins with
  const steps = [
    ['init', directory],
    ['remote', 'add', '--', 'origin', repository],
    ['fetch', '-u', '--depth=1', '--', 'origin', ref || 'HEAD'],
    ['checkout', 'FETCH_HEAD'],
  ];
  for (const step of steps) {
    const { status, stdout, stderr, error } = spawnSync('git', step, { cwd: directory, encoding: 'utf8' });
    if (error) throw new SelkieError(`cloning ${JSON.stringify(repository)} needs git: ${error.message}`, { cause: error });
    if (status !== 0)
      throw new SelkieError(`cloning ${JSON.stringify(repository)}: git ${step[0]}: exit status ${status}\n${stdout}${stderr}`.trimEnd());
  }
  return within(directory, subdirectory);
}

/** @throws SelkieError when the subdirectory is not one of the repository */
function within(directory: string, subdirectory: string): string {
  const { realpathSync } = require('node:fs') as typeof import('node:fs');
  const chosen = resolve(directory, `./${subdirectory}`);
  const real = existsSync(chosen) ? realpathSync(chosen) : undefined;
  if (real === undefined || !`${real}/`.startsWith(`${realpathSync(directory)}/`))
    throw new SelkieError(`context directory ${JSON.stringify(subdirectory)} is not in the repository`);
  return real;
}
