import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SelkieError } from '../errors.ts';
import { downloadTo } from './download.ts';
import { isArchive, unpackArchive } from './local-archive.ts';

/** A tree that was fetched; disposing takes it away. */
export interface RemoteTree extends Disposable {
  readonly directory: string;
}

/** Whether a context or source is a place that is fetched: a URL or a git repository. */
export const isRemoteTree = (text: string): boolean =>
  /^https?:\/\//.test(text) || /^github\.com\//.test(text) || gitSource(text) !== undefined;

/** Whether ADD clones it. */
export const isGitSource = (text: string): boolean => gitSource(text) !== undefined;

/**
 * Fetches a git repository, or a tar by its address; what is no archive is taken for a Dockerfile.
 * @param keepGitDir leave `.git` in the tree
 * @throws SelkieError
 */
export async function fetchTree(address: string, keepGitDir = true): Promise<RemoteTree> {
  const git = gitSource(address);
  if (git) {
    return await made(async (directory) => {
      const { chosen, top } = await clone(git, directory);
      if (!keepGitDir) rmSync(join(top, '.git'), { recursive: true, force: true });
      return chosen;
    });
  }
  const github = /^github\.com\/(?:.*\/)?([^/]+)$/.exec(address);
  const url = github ? `https://${address}/archive/master.tar.gz` : address;
  return await made(async (directory) => {
    const file = join(directory, '..', 'file');
    await downloadTo(url, file);
    await unpackTree(file, directory);
    return github ? join(directory, `${github[1]}-master`) : directory;
  });
}

/** Makes a directory that is filled; nothing is left of it when that fails. */
export async function made(fill: (directory: string) => Promise<string>): Promise<RemoteTree> {
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

/** A tar is unpacked; anything else is taken for the Dockerfile. */
export async function unpackTree(path: string, directory: string): Promise<void> {
  if (await isArchive(path)) await unpackArchive(path, directory, undefined);
  else copyFileSync(path, join(directory, 'Dockerfile'));
}

interface GitSource {
  readonly repository: string;
  /** Branch, tag or commit; '' for what the repository has checked out. */
  readonly ref: string;
  readonly subdirectory: string;
}

/** `REPOSITORY.git[#[REF][:DIRECTORY]]` */
function gitSource(address: string): GitSource | undefined {
  const [repository = '', fragment = ''] = address.split('#', 2);
  if (!/^git:\/\//.test(address) && !/^(https?|ssh):\/\/.*\.git$/.test(repository) && !/^git@.*\.git$/.test(repository)) return undefined;
  const [ref = '', subdirectory = ''] = fragment.split(':', 2);
  return { repository, ref, subdirectory };
}

async function clone({ repository, ref, subdirectory }: GitSource, directory: string): Promise<{ chosen: string; top: string }> {
  const { spawnSync } = await import('node:child_process');
  // What follows `--` is no option, whatever it begins with.
  const steps = [
    ['init', directory],
    ['remote', 'add', '--', 'origin', repository],
    ['fetch', '-u', '--depth=1', '--', 'origin', ref || 'HEAD'],
    ['checkout', 'FETCH_HEAD'],
  ];
  for (const step of steps) {
    const { status, stdout, stderr, error } = spawnSync('git', step, { cwd: directory, encoding: 'utf8' });
    if (error) throw new SelkieError(`cloning ${JSON.stringify(repository)} needs git: ${error.message}`, { cause: error });
    if (status !== 0) {
      const failing = `failed while performing \`git ${step[0] === 'remote' ? 'remote add' : step[0]}\`: exit status ${status}`;
      throw new SelkieError(
        `cloning ${JSON.stringify(repository)} to ${JSON.stringify(resolve(directory, '..'))}:\n${stdout}${stderr}: ${failing}`,
      );
    }
  }
  return { chosen: within(directory, subdirectory), top: directory };
}

/** @throws SelkieError when the subdirectory is not one of the repository */
function within(directory: string, subdirectory: string): string {
  const chosen = resolve(directory, `./${subdirectory}`);
  const real = existsSync(chosen) ? realpathSync(chosen) : undefined;
  if (real === undefined || !`${real}/`.startsWith(`${realpathSync(directory)}/`))
    throw new SelkieError(`context directory ${JSON.stringify(subdirectory)} is not in the repository`);
  return real;
}
