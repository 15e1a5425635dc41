import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { compress } from '../../archive/compression.ts';
import { UnpackFailed } from '../../archive/errors.ts';
import { tarTree } from '../../archive/tree-tar.ts';
import { type UnpackSource, unpackLayer } from '../../archive/unpack.ts';
import { SelkieError } from '../../errors.ts';
import { goJson } from '../../storage/go-json.ts';
import type { Container } from '../container.ts';
import { volumesOf } from '../container-volumes.ts';
import { containerChanges } from '../diff.ts';
import type { ContainerEngine } from '../engine.ts';
import { currentSpec } from '../inspect.ts';
import { checkpointFiles, inCheckpoint } from './files.ts';
import { toLibpodConfig } from './libpod-config.ts';

export interface ArchiveOptions {
  ignoreRootfs?: boolean;
  ignoreVolumes?: boolean;
  /** Memory alone, before the checkpoint proper. */
  preCheckpoint?: boolean;
}

/** A checkpoint as a tar that makes the container again elsewhere. Files made for it in the container's directory are gone afterwards. */
export async function* checkpointTar(engine: ContainerEngine, container: Container, options: ArchiveOptions): AsyncGenerator<Uint8Array> {
  const { config } = container;
  const extra: (keyof typeof checkpointFiles)[] = ['rootfs', 'deleted', 'volumes', 'config', 'spec'];
  try {
    writeJson(inCheckpoint(config, 'config'), toLibpodConfig(engine, container));
    writeJson(inCheckpoint(config, 'spec'), currentSpec(container));
    if (!options.ignoreRootfs) await saveRootfs(engine, container);
    if (!options.ignoreVolumes) await saveVolumes(engine, container);
    const { images, earlierImages, log, dumpLog: _, restoreLog: _r, restoreStatistics: _s, ...others } = checkpointFiles;
    const included: readonly string[] = [
      ...Object.values(others),
      options.preCheckpoint ? earlierImages : images,
      ...(config.log.driver === 'k8s-file' ? [log] : []),
    ];
    yield* tarTree(config.staticDir, { skip: ({ name }) => !name.includes('/') && !included.includes(name) });
  } finally {
    for (const name of extra) rmSync(inCheckpoint(config, name), { recursive: true, force: true });
  }
}

/** Writes an archive to a file that only its owner can read. */
export async function writeArchive(path: string, chunks: AsyncIterable<Uint8Array>, compression: 'none' | 'gzip' | 'zstd'): Promise<void> {
  const compressed = compression === 'none' ? chunks : compress(compression)(chunks);
  try {
    await writeChunks(path, compressed, 0o600);
  } catch (cause) {
    if (cause instanceof SelkieError) throw cause;
    throw new SelkieError(`creating checkpoint export file ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
  }
}

export const writeJson = (path: string, value: unknown): void => writeFileSync(path, goJson(value, '  '), { mode: 0o600 });

/** A tree as a tar file; its own owner and mode are the first entry. */
export async function writeTar(
  path: string,
  root: string,
  options: Parameters<typeof tarTree>[1] = { withRoot: true, prefix: './' },
): Promise<void> {
  await writeChunks(path, tarTree(root, options), 0o644);
}

async function writeChunks(path: string, chunks: AsyncIterable<Uint8Array>, mode: number): Promise<void> {
  const fd = openSync(path, 'w', mode);
  try {
    for await (const chunk of chunks) for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
  } finally {
    closeSync(fd);
  }
}

/** The files that the container changed of its image's, and the names of those that it removed. */
async function saveRootfs(engine: ContainerEngine, container: Container): Promise<void> {
  const { config, state } = container;
  const changes = await containerChanges(engine, container);
  const root = state.mountpoint;
  const isDirectory = (path: string): boolean => lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? true;
  const kept = changes.filter(({ path, kind }) => kind === 'A' || (kind === 'C' && !isDirectory(path))).map(({ path }) => encode(path));
  const deleted = changes.filter(({ kind }) => kind === 'D').map(({ path }) => path);
  if (kept.length > 0) {
    const names = new Set(kept);
    const parents = new Set(kept.flatMap(ancestors));
    await writeTar(inCheckpoint(config, 'rootfs'), root, {
      skip: ({ name }) => !names.has(name) && !parents.has(name),
      leaveOut: ({ name }) => !names.has(name),
    });
  }
  if (deleted.length > 0) writeJson(inCheckpoint(config, 'deleted'), deleted);
}

/** As names in archives are: bytes, without the slash before. */
const encode = (path: string): string => Buffer.from(path.slice(1)).toString('latin1');

const ancestors = (name: string): string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join('/'));

async function saveVolumes(engine: ContainerEngine, { config }: Container): Promise<void> {
  const directory = inCheckpoint(config, 'volumes');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const volumes = volumesOf(engine);
  for (const { name } of config.namedVolumes) {
    const root = volumes.mount(name);
    try {
      await writeTar(join(directory, `${name}.tar`), root);
    } finally {
      volumes.unmount(name);
    }
  }
}

/**
 * Unpacks what came from elsewhere into a new directory. Nothing in it leads out of it: names cannot (the process that unpacks has the
 * directory for its root), and links are refused, for they would be followed later.  @throws SelkieError
 */
export async function unpackArchive(source: UnpackSource, target: string, name: string): Promise<void> {
  try {
    await unpackLayer({ source, target, tarSplitPath: undefined, whiteouts: 'none', xattrPrefix: 'trusted.overlay.' });
  } catch (cause) {
    if (!(cause instanceof UnpackFailed)) throw cause;
    throw new SelkieError(`unpacking of checkpoint archive ${name} failed: ${cause.message}`, { cause });
  }
  refuseLinks(target, name);
}

const directories: readonly string[] = [
  checkpointFiles.images,
  checkpointFiles.earlierImages,
  checkpointFiles.volumes,
  checkpointFiles.artifacts,
];

function refuseLinks(directory: string, archive: string, depth = 0): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    // CRIU's link to the images of the checkpoint before.
    const isParent = depth === 1 && entry.name === 'parent' && entry.isSymbolicLink() && readlinkSync(path) === '../pre-checkpoint';
    if (isParent) continue;
    const isExpected =
      depth > 0 ? entry.isFile() || entry.isDirectory() : directories.includes(entry.name) ? entry.isDirectory() : entry.isFile();
    if (!isExpected) throw new SelkieError(`checkpoint archive ${archive} holds ${JSON.stringify(entry.name)}, which is no plain file`);
    if (entry.isDirectory()) refuseLinks(path, archive, depth + 1);
  }
}

/** Moves what an archive held into the container's directory, but for its descriptions of the container. */
export function adoptFiles(from: string, { staticDir }: Container['config']): void {
  const { config: _, spec: _s, ...files } = checkpointFiles;
  for (const name of Object.values(files)) {
    const source = join(from, name);
    if (lstatSync(source, { throwIfNoEntry: false }) === undefined) continue;
    rmSync(join(staticDir, name), { recursive: true, force: true });
    renameSync(source, join(staticDir, name));
  }
}

/** @throws SelkieError for what is not there or no JSON */
export function readJson<T>(directory: string, name: string): T {
  const path = join(directory, name);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    const text = cause instanceof SyntaxError ? `failed to unmarshal ${path}: ${cause.message}` : `open ${path}: no such file or directory`;
    throw new SelkieError(text, { cause });
  }
}
