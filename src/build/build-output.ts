import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { tarTree } from '../archive/tree-tar.ts';
import { unpackLayer } from '../archive/unpack.ts';
import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { Store } from '../storage/store.ts';
import type { BuildOutput } from './build-options.ts';
import { type ImageTimes, withTimes } from './image-times.ts';

/** Writes the filesystem of an image to a directory, a tar or standard output. @throws SelkieError */
export async function exportOutput(store: Store, imageId: string, output: BuildOutput, times: ImageTimes): Promise<void> {
  const root = store.mountImage(imageId);
  try {
    const epoch = times.sourceDateEpoch ?? times.timestamp;
    const tar = withTimes(tarTree(root), { timestamp: epoch, rewrite: false });
    if (output.kind === 'directory') await unpackTo(tar, output.path!);
    else await write(tar, output.path);
  } finally {
    store.unmountImage(imageId);
  }
}

/** As root with its owners; else all is the caller's, and nothing gains rights by whom it belongs to. */
async function unpackTo(tar: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const owner = isRootless() ? { uid: 0, gid: 0 } : undefined;
  await unpackLayer({ source: tar, target: path, tarSplitPath: undefined, whiteouts: 'none', xattrPrefix: 'trusted.overlay.', owner });
}

async function write(tar: AsyncIterable<Uint8Array>, path: string | undefined): Promise<void> {
  let fd = 1;
  if (path !== undefined) {
    try {
      fd = openSync(path, 'w', 0o666);
    } catch (cause) {
      throw new SelkieError(`failed while creating destination tar at ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
    }
  }
  try {
    for await (const chunk of tar) for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
  } finally {
    if (path !== undefined) closeSync(fd);
  }
}
