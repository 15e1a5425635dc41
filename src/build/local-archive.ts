import { createReadStream } from 'node:fs';
import { decompress } from '../archive/compression.ts';
import { BLOCK, isZeroBlock, parseHeader } from '../archive/tar-header.ts';
import { unpackLayer } from '../archive/unpack.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';

/** Whether ADD unpacks a file: a tar, compressed or not, told by its content. */
export async function isArchive(path: string): Promise<boolean> {
  try {
    for await (const chunk of decompress(createReadStream(path, { highWaterMark: 1 << 16 }))) {
      const block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (block.length < BLOCK || isZeroBlock(block)) return false;
      parseHeader(block, 0);
      return true;
    }
  } catch {
    // Not readable as an archive: then it is copied as it is.
  }
  return false;
}

/** Unpacks an archive in a process that has the directory for its root, so that nothing in it leads out. */
export async function unpackArchive(
  path: string,
  target: string,
  owner: { uid: number; gid: number } | undefined,
  idMappings?: IdMappings,
): Promise<void> {
  const settled = owner === undefined && idMappings ? { idMappings } : { owner };
  await unpackLayer({ source: { path }, target, tarSplitPath: undefined, whiteouts: 'none', xattrPrefix: 'trusted.overlay.', ...settled });
}
