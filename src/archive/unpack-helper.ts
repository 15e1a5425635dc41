import { read, readFileSync, readSync } from 'node:fs';
import { confineTo, giveUpPrivileges, setUmask, widenPipe } from '../os/confinement.ts';
import { demand, writeAll } from '../os/raw-entries.ts';
import { Compression, detectCompression, MAGIC_LENGTH } from './compression.ts';
import { inflate } from './inflate.ts';
import { TarReader } from './tar-reader.ts';
import { TarSplitWriter } from './tar-split-writer.ts';
import { TreeWriter } from './tree-writer.ts';
import type { HelperOptions, UnpackResult } from './unpack.ts';

const CHUNK = 1 << 20;
const inputFd = 0;
const tarSplitFd = 3;

type Decompressor = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/**
 * The helper process: makes the target its root, then reads a layer from standard input, in one pass unpacks it, digests it twice and
 * writes its tar-split to descriptor 3. Prints an UnpackResult as JSON.
 */
export async function runUnpackHelper(argv: readonly string[]): Promise<number> {
  try {
    const options = JSON.parse(argv[0]!) as HelperOptions;
    const inUserNamespace = !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
    widenPipe(inputFd, CHUNK);
    // A program that is needed is started while there still is one to start; it sees the bytes alone.
    const magic = readMagic();
    const compression = detectCompression(magic);
    const decompressor = await decompressorFor(compression);
    confineTo(options.target);
    giveUpPrivileges();
    setUmask(0);
    process.stdout.write(JSON.stringify(await unpack(options, inUserNamespace, magic, compression, decompressor)));
    return 0;
  } catch (error) {
    process.stderr.write((error as Error).message);
    return 1;
  }
}

async function unpack(
  options: HelperOptions,
  inUserNamespace: boolean,
  magic: Uint8Array,
  compression: Compression,
  decompressor: Decompressor,
): Promise<UnpackResult> {
  const compressed = new Bun.CryptoHasher('sha256');
  const plain = compression === Compression.none ? compressed : new Bun.CryptoHasher('sha256');
  let compressedSize = 0;
  let diffSize = 0;
  const tarSplit = options.keepsTarSplit ? new TarSplitWriter(writeTarSplit) : undefined;
  const tree = new TreeWriter(options, inUserNamespace, tarSplit);
  const reader = new TarReader(tree);

  async function* digested(): AsyncGenerator<Uint8Array> {
    for await (const chunk of standardInput(magic)) {
      compressed.update(chunk);
      compressedSize += chunk.length;
      yield chunk;
    }
  }

  for await (const chunk of decompressor(digested())) {
    if (plain !== compressed) plain.update(chunk);
    diffSize += chunk.length;
    reader.write(chunk);
    if (tarSplit?.isFull) await tarSplit.settle();
  }
  reader.end();
  tree.finish();
  await tarSplit?.end();
  const compressedDigest = `sha256:${compressed.digest('hex')}`;
  return {
    diffId: plain === compressed ? compressedDigest : `sha256:${plain.digest('hex')}`,
    diffSize,
    compressedDigest,
    compressedSize,
    compression,
    uids: [...tree.uids].sort((a, b) => a - b),
    gids: [...tree.gids].sort((a, b) => a - b),
  };
}

function writeTarSplit(bytes: Uint8Array): void {
  demand(writeAll(tarSplitFd, bytes), 'write', 'tar-split');
}

/** Loads what it takes: once confined, there is no file to load code from. */
async function decompressorFor(compression: Compression): Promise<Decompressor> {
  switch (compression) {
    case Compression.none:
      return (source) => source;
    case Compression.gzip:
    case Compression.zstd:
      return (source) => inflate(source, compression);
    default: {
      const { DecompressorProgram } = await import('./decompressor-program.ts');
      const program = new DecompressorProgram(compression);
      return (source) => program.run(source);
    }
  }
}

function readMagic(): Uint8Array {
  const magic = new Uint8Array(MAGIC_LENGTH);
  let length = 0;
  while (length < magic.length) {
    const count = readSync(inputFd, magic, length, magic.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return magic.subarray(0, length);
}

/** Buffers take turns: one is filled while the one before is in use. */
async function* standardInput(magic: Uint8Array): AsyncGenerator<Uint8Array> {
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(CHUNK));
  let held = magic.length;
  buffers[0]!.set(magic);
  for (let turn = 0; ; turn ^= 1) {
    const buffer = buffers[turn]!;
    const length = held + (await readOnce(buffer, held));
    held = 0;
    if (length === 0) return;
    yield buffer.subarray(0, length);
  }
}

function readOnce(buffer: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(inputFd, buffer, at, buffer.length - at, null, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}
