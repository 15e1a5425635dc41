import { read } from 'node:fs';
import { confineTo, giveUpPrivileges, setUmask, widenPipe } from '../os/confinement.ts';
import { Compression, decompress, detectCompression } from './compression.ts';
import { TarReader } from './tar-reader.ts';
import { TarSplitWriter } from './tar-split-writer.ts';
import { TreeWriter } from './tree-writer.ts';
import type { HelperOptions, UnpackResult } from './unpack.ts';

const CHUNK = 1 << 20;
const tarSplitFd = 3;

/**
 * The helper process: makes the target its root, then reads a layer from standard input, in one pass unpacks it, digests it twice and
 * writes its tar-split to descriptor 3. Prints an UnpackResult as JSON.
 */
export async function runUnpackHelper(argv: readonly string[]): Promise<number> {
  try {
    const options = JSON.parse(argv[0]!) as HelperOptions;
    // Once confined there is no file to load code from.
    await import('./inflate.ts');
    confineTo(options.target);
    giveUpPrivileges();
    setUmask(0);
    widenPipe(0, CHUNK);
    process.stdout.write(JSON.stringify(await unpack(options)));
    return 0;
  } catch (error) {
    process.stderr.write((error as Error).message);
    return 1;
  }
}

async function unpack(options: HelperOptions): Promise<UnpackResult> {
  const compressed = new Bun.CryptoHasher('sha256');
  const plain = new Bun.CryptoHasher('sha256');
  let compressedSize = 0;
  let diffSize = 0;
  let compression: UnpackResult['compression'] | undefined;
  const tarSplit = new TarSplitWriter(tarSplitFd);
  const tree = new TreeWriter(options, tarSplit);
  const reader = new TarReader(tree);

  async function* digested(): AsyncGenerator<Uint8Array> {
    for await (const chunk of standardInput()) {
      compression ??= detectCompression(chunk);
      compressed.update(chunk);
      compressedSize += chunk.length;
      yield chunk;
    }
  }

  // The next chunk is decompressed in the background while this one is written.
  const chunks = decompress(digested());
  for (let next = chunks.next(); ; ) {
    const { done, value } = await next;
    if (done) break;
    next = chunks.next();
    // A rejection is dealt with when it is awaited.
    next.catch(() => {});
    plain.update(value);
    diffSize += value.length;
    reader.write(value);
    await tarSplit.drained();
  }
  reader.end();
  tree.finish();
  await tarSplit.end();
  const diffId = `sha256:${plain.digest('hex')}`;
  return {
    diffId,
    diffSize,
    compressedDigest: `sha256:${compressed.digest('hex')}`,
    compressedSize,
    compression: compression ?? Compression.none,
    uids: [...tree.uids].sort((a, b) => a - b),
    gids: [...tree.gids].sort((a, b) => a - b),
  };
}

/** Two buffers take turns: one is filled while the other is in use. */
async function* standardInput(): AsyncGenerator<Uint8Array> {
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(CHUNK));
  for (let turn = 0; ; turn++) {
    const buffer = buffers[turn % 3]!;
    const count = await new Promise<number>((resolve, reject) => {
      read(0, buffer, 0, buffer.length, null, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    });
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}
