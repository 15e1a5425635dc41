import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BuildOptions } from '../build/build-options.ts';
import { ContainerfileError } from '../build/errors.ts';
import { shellWords } from '../build/shell-words.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';

export interface BuildFileRequest {
  /** As typed; none: the context's Containerfile or Dockerfile. */
  files: readonly string[];
  context: string | undefined;
  /** In place of the first base. */
  from?: string;
  /** For the preprocessor that files called `*.in` go through. */
  cppFlags: readonly string[];
}

/** The text of the build: the named files one after the other, `-` for standard input, addresses, or what the context has. @throws SelkieError */
export async function readBuildFiles({ files, context, from, cppFlags }: BuildFileRequest): Promise<BuildOptions['containerfile']> {
  const paths = files.length > 0 ? files.map((path) => locate(path, context)) : [findBuildFile(context ?? '.')];
  const texts: string[] = [];
  for (const path of paths) texts.push(await read(path, context ?? '.', cppFlags));
  const text = texts.join('\n');
  const [first = ''] = paths;
  return {
    text: from ? withBase(text, from) : text,
    path: isAddress(first) || first === '/dev/stdin' ? undefined : first,
  };
}

const isAddress = (path: string): boolean => /^https?:\/\//.test(path);

/** A context that is a file is the Containerfile itself. @throws ContainerfileError */
export function findBuildFile(context: string): string {
  if (statSync(context, { throwIfNoEntry: false })?.isFile()) return context;
  for (const name of ['Containerfile', 'Dockerfile']) {
    const path = join(context, name);
    if (!existsSync(path)) continue;
    if (!statSync(path).isFile()) throw new ContainerfileError(`assumed Containerfile ${JSON.stringify(resolve(path))} is not a file`);
    return path;
  }
  throw new ContainerfileError(
    `no Containerfile or Dockerfile specified or found in context directory, ${resolve(context)}: no such file or directory`,
  );
}

function locate(path: string, context: string | undefined): string {
  if (path === '-') return '/dev/stdin';
  if (isAddress(path)) return path;
  const found = [path, ...(context === undefined ? [] : [join(context, path)])].find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new ContainerfileError(`the specified Containerfile or Dockerfile does not exist, ${path}: ${reasonOf(path)}`);
  if (statSync(found).isDirectory()) throw new ContainerfileError(`containerfile: ${JSON.stringify(found)} cannot be path to a directory`);
  return found;
}

function reasonOf(path: string): string {
  try {
    lstatSync(path);
    return 'no such file or directory';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'not a directory' : 'no such file or directory';
  }
}

async function read(path: string, context: string, cppFlags: readonly string[]): Promise<string> {
  const text = isAddress(path) ? await download(path) : readFileSync(path === '/dev/stdin' ? 0 : path, 'utf8');
  if (text === '' && path !== '/dev/stdin') throw new ContainerfileError(`no contents in ${JSON.stringify(path)}`);
  return path.endsWith('.in') ? preprocess(path, text, context, cppFlags) : text;
}

async function download(address: string): Promise<string> {
  const { downloadFile } = await import('./download.ts');
  using file = await downloadFile(address);
  return readFileSync(file.path, 'utf8');
}

/** By cpp(1), with the context as the place of what is included. */
function preprocess(path: string, text: string, context: string, flags: readonly string[]): string {
  const cpp = Bun.which('cpp');
  if (!cpp) throw new SelkieError('exec: "cpp": executable file not found in $PATH: .in support requires cpp to be installed');
  const own = process.env['BUILDAH_CPPFLAGS'];
  const args = ['-E', '-iquote', resolve(context), '-traditional', '-undef', '-', ...(own ? shellWords(own) : []), ...flags];
  const result = Bun.spawnSync([cpp, ...args], { stdin: Buffer.from(text), stderr: 'pipe' });
  if (result.exitCode !== 0) {
    if (result.stderr.length > 0) warn(`Ignoring ${result.stderr.toString()}`);
    if (result.stdout.length === 0)
      throw new SelkieError(`preprocessing ${path}: preprocessor produced no output: exit status ${result.exitCode}`);
  }
  return result.stdout.toString();
}

const withBase = (text: string, from: string): string =>
  text.replace(/^(\s*FROM\s+(?:--\S+\s+)*)\S+/im, `$1${from.replaceAll('$', '$$$$')}`);

/** The directory of the first file that is one of this machine. */
export function directoryOfFiles(files: readonly string[]): string | undefined {
  const local = files.find((path) => !isAddress(path) && path !== '-');
  return local === undefined ? undefined : dirname(resolve(local));
}
