import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs';
import { basename, dirname, posix, resolve as resolvePath } from 'node:path';
import { encodeName } from '../archive/byte-names.ts';
import { UnpackFailed } from '../archive/errors.ts';
import { tarTree } from '../archive/tree-tar.ts';
import { unpackLayer } from '../archive/unpack.ts';
import { SelkieError } from '../errors.ts';
import { O_PATH } from '../os/files.ts';
import { OsError } from '../os/libc.ts';
import type { Container } from './container.ts';
import { ContainerRoot } from './container-root.ts';
import type { ContainerEngine } from './engine.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';
import { toHostId } from './spec/id-mappings.ts';
import { UserDatabase } from './spec/user-lookup.ts';

/** One side of a copy: a path of the host, or in a container. `-` on the host is a tar stream. */
export interface CopyPlace {
  container?: Container;
  path: string;
}

export interface CopyOptions {
  /** What is copied into a container belongs to the user that it runs as. */
  chown: boolean;
  /** Directories and other files may take each other's place. */
  overwrite: boolean;
  stdin?: AsyncIterable<Uint8Array>;
  stdout?: (chunk: Uint8Array) => void | Promise<void>;
}

/** What can be copied from: the directory it is in, its name there, and whether only its content is meant (`/.`). */
interface Source extends Disposable {
  parent: number;
  name: string;
  isDirectory: boolean;
  contentOnly: boolean;
}

interface Target extends Disposable {
  directory: number;
  /** The name to be given; undefined: the source's own. */
  name?: string;
  isDirectory: boolean;
  /** The directory's path as messages show it. */
  shown: string;
}

/** Copies as `podman cp` does, by a tar between two rooted places: neither side's links lead out. @throws SelkieError */
export async function copyFiles(engine: ContainerEngine, from: CopyPlace, to: CopyPlace, options: CopyOptions): Promise<void> {
  using undo = new DisposableStack();
  const sourceRoot = from.container && undo.use(new ContainerRoot(engine, from.container));
  const targetRoot = to.container && undo.use(new ContainerRoot(engine, to.container));
  const owner = to.container === undefined ? ownIds() : options.chown ? containerOwner(engine, to.container) : undefined;
  if (from.container === undefined && from.path === '-') {
    const target = undo.use(openTarget(to, targetRoot));
    if (target.name !== undefined || !target.isDirectory) throw new SelkieError('destination must be a directory when copying from stdin');
    await unpackInto(target.directory, options.stdin!, owner, options.overwrite).catch(noArchive);
    return;
  }
  const source = undo.use(openSource(from, sourceRoot));
  if (to.container === undefined && to.path === '-') {
    for await (const chunk of tarOf(source, source.name)) await options.stdout!(chunk);
    return;
  }
  const target = undo.use(openTarget(to, targetRoot));
  if (source.isDirectory && !target.isDirectory) throw new SelkieError('destination must be a directory when copying a directory');
  const name = target.name ?? source.name;
  const merges = source.isDirectory && source.contentOnly && target.name === undefined;
  if (!merges && !options.overwrite) refuseReplacing(target, name, source.isDirectory, to.container === undefined ? 'host' : 'container');
  await unpackInto(target.directory, merges ? contentOf(source) : tarOf(source, name), owner, options.overwrite);
}

async function unpackInto(
  directory: number,
  source: AsyncIterable<Uint8Array>,
  owner: { uid: number; gid: number } | undefined,
  overwrite: boolean,
): Promise<void> {
  await unpackLayer({
    source,
    target: `/proc/${process.pid}/fd/${directory}`,
    tarSplitPath: undefined,
    whiteouts: 'none',
    keepsKinds: !overwrite,
    xattrPrefix: 'trusted.overlay.',
    owner,
  });
}

/** The thing itself, under a name. */
function tarOf(source: Source, as: string): AsyncGenerator<Uint8Array> {
  const [name, newName] = [encodeName(source.name), encodeName(as)];
  return tarTree(`/proc/self/fd/${source.parent}/.`, {
    skip: (file) => file.name.split('/')[0] !== name,
    rename: (path) => `${newName}${path.slice(name.length)}`,
  });
}

async function* contentOf({ parent, name }: Source): AsyncGenerator<Uint8Array> {
  const directory = openSync(`/proc/self/fd/${parent}/${name}`, constants.O_DIRECTORY | O_PATH | constants.O_NOFOLLOW);
  try {
    yield* tarTree(`/proc/self/fd/${directory}/.`);
  } finally {
    closeSync(directory);
  }
}

function openSource({ container, path }: CopyPlace, root: ContainerRoot | undefined): Source {
  const contentOnly = /(^|\/)\.$/.test(path);
  const where = container === undefined ? 'on the host' : `on container ${container.name}`;
  const missing = (error: unknown): SelkieError =>
    new SelkieError(`${JSON.stringify(path)} could not be found ${where}: no such file or directory`, { cause: error });
  const real = realPath(path, root, missing);
  if (real === '/') {
    const fd = openAt('/', root);
    return { parent: fd, name: '.', isDirectory: true, contentOnly: true, [Symbol.dispose]: () => closeSync(fd) };
  }
  let fd: number;
  try {
    fd = openAt(dirname(real), root);
  } catch (error) {
    throw missing(error);
  }
  const own = openAt(real, root, missing);
  const isDirectory = fstatSync(own).isDirectory();
  closeSync(own);
  if (path.endsWith('/') && !isDirectory) throw missing(undefined);
  return { parent: fd, name: basename(real), isDirectory, contentOnly, [Symbol.dispose]: () => closeSync(fd) };
}

function openTarget({ container, path }: CopyPlace, root: ContainerRoot | undefined): Target {
  const where = container === undefined ? 'on the host' : `on container ${container.name}`;
  const missing = (error?: unknown): SelkieError =>
    new SelkieError(`${JSON.stringify(path)} could not be found ${where}: no such file or directory`, { cause: error });
  const full = root === undefined ? resolvePath(path) : root.absolute(path);
  let own: number | undefined;
  try {
    own = openAt(full, root);
  } catch (error) {
    if (path.endsWith('/') && container !== undefined) throw missing(error);
    if (path.endsWith('/')) throw missing(error);
  }
  if (own !== undefined && fstatSync(own).isDirectory()) {
    const directory = own;
    return {
      directory,
      isDirectory: true,
      shown: root === undefined ? '/' : root.resolve(full),
      [Symbol.dispose]: () => closeSync(directory),
    };
  }
  const exists = own !== undefined;
  if (own !== undefined && root === undefined && !fstatSync(own).isFile()) {
    closeSync(own);
    throw new SelkieError(`invalid destination: ${JSON.stringify(path)} must be a directory or a regular file`);
  }
  // A link to nothing is followed in the container: what it names is made.
  const real = exists ? realPath(path, root, missing) : root === undefined ? full : root.resolve(full);
  if (own !== undefined) closeSync(own);
  let directory: number;
  try {
    directory = openAt(dirname(real), root);
  } catch (error) {
    throw missing(error);
  }
  if (!fstatSync(directory).isDirectory()) {
    closeSync(directory);
    throw missing();
  }
  const shown = root === undefined ? '/' : dirname(real);
  return { directory, name: basename(real), isDirectory: !exists, shown, [Symbol.dispose]: () => closeSync(directory) };
}

function openAt(path: string, root: ContainerRoot | undefined, missing?: (error: unknown) => Error): number {
  try {
    return root === undefined ? openSync(path, O_PATH) : root.open(path);
  } catch (error) {
    throw missing?.(error) ?? error;
  }
}

/** The place with links replaced; it must exist. */
function realPath(path: string, root: ContainerRoot | undefined, missing: (error: unknown) => Error): string {
  if (root !== undefined) {
    const full = root.absolute(path);
    closeSync(openAt(full, root, missing));
    return root.resolve(full);
  }
  const fd = openAt(resolvePath(path), undefined, missing);
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function refuseReplacing({ directory, shown }: Target, name: string, byDirectory: boolean, side: 'host' | 'container'): void {
  using place = new Rootfs(`/proc/self/fd/${directory}`);
  const there = place.kind(name);
  if (there === undefined || (there === 'directory') === byDirectory) return;
  const path = posix.join(shown, name);
  throw new SelkieError(
    `copying to ${side}: copier: put: error creating ${JSON.stringify(path)}: ${byDirectory ? 'mkdir' : 'open'} ${path}: file exists`,
  );
}

const ownIds = (): { uid: number; gid: number } => ({ uid: process.geteuid!(), gid: process.getegid!() });

function containerOwner(engine: ContainerEngine, { config, state }: Container): { uid: number; gid: number } | undefined {
  const path = state.mountpoint || config.rootfs?.path;
  const mounted = path === undefined || path === '' ? engine.store.mount(config.id) : undefined;
  try {
    using rootfs = new Rootfs(path || mounted!);
    const { uid, gid } = new UserDatabase(rootfs).find(config.user);
    return { uid: toHostId(uid, config.idMappings?.uidMap ?? []), gid: toHostId(gid, config.idMappings?.gidMap ?? []) };
  } catch (error) {
    if (error instanceof OsError) return undefined;
    throw error;
  } finally {
    if (mounted !== undefined) engine.store.unmount(config.id);
  }
}

function noArchive(error: unknown): never {
  if (error instanceof UnpackFailed && /tar header|unexpected EOF|not a tar/.test(error.message)) {
    throw new SelkieError('source must be a (compressed) tar archive when copying from stdin', { cause: error });
  }
  throw error;
}
