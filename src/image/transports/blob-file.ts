import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Digest, Digester, digestAlgorithm } from '../digest.ts';
import { DigestMismatch } from '../errors.ts';
import type { PutBlobInfo, ReadableBlob } from '../transport.ts';

/**
 * Writes a blob to a file that appears whole or not at all. @param pathOf where it belongs, told its digest
 * @throws DigestMismatch when it is not what `info` says; nothing is left then
 */
export async function writeBlobFile(
  blob: ReadableBlob,
  info: PutBlobInfo,
  directory: string,
  pathOf: (digest: Digest) => string,
  onBytes?: (count: number) => void,
): Promise<{ digest: Digest; size: number }> {
  const temporary = join(directory, `.put-blob-${process.pid}-${crypto.randomUUID()}`);
  const digester = new Digester(info.digest ? digestAlgorithm(info.digest) : 'sha256');
  const fd = openSync(temporary, 'wx', 0o644);
  try {
    for await (const chunk of blob.stream()) {
      digester.update(chunk);
      if (info.size >= 0 && digester.bytes > info.size)
        throw new DigestMismatch(`${info.digest} of ${info.size} bytes`, `more than ${info.size} bytes`);
      writeAll(fd, chunk);
      onBytes?.(chunk.length);
    }
    const digest = digester.digest();
    if (info.digest && digest !== info.digest) throw new DigestMismatch(info.digest, digest);
    if (info.size >= 0 && digester.bytes !== info.size)
      throw new DigestMismatch(`${digest} of ${info.size} bytes`, `${digester.bytes} bytes`);
    const target = pathOf(digest);
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    renameSync(temporary, target);
    return { digest, size: digester.bytes };
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length; ) offset += writeSync(fd, chunk, offset, chunk.length - offset);
}

/** A whole file, or a part of one, as a blob. @throws ENOENT */
export function openBlobFile(path: string, offset = 0, length = statSync(path).size): ReadableBlob {
  return {
    size: length,
    file: { path, offset, length },
    stream: () => readFile(path, offset, length),
  };
}

const chunkSize = 1 << 18;

async function* readFile(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  const { readSync } = require('node:fs') as typeof import('node:fs');
  const fd = openSync(path, 'r');
  try {
    const size = Math.min(chunkSize, length);
    const chunks = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
    let turn = 0;
    for (let position = offset, end = offset + length; position < end; ) {
      const chunk = chunks[(turn ^= 1) === 0 ? 0 : 1];
      const count = readSync(fd, chunk, 0, Math.min(chunk.length, end - position), position);
      if (count === 0) return;
      position += count;
      yield chunk.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}
