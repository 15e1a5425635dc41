import { readFileSync } from 'node:fs';
import { confineTo, giveUpPrivileges, setUmask } from '../os/confinement.ts';
import { demand, writeAll } from '../os/raw-entries.ts';
import { Compression, detectCompression, peek } from './compression.ts';
import { GzipWriter } from './gzip-writer.ts';
import { inflate } from './inflate.ts';
import { TarReader } from './tar-reader.ts';
import { TarSplitWriter } from './tar-split-writer.ts';
import { TreeWriter } from './tree-writer.ts';
import type { HelperOptions, UnpackResult } from './unpack.ts';
import { readInput } from './unpack-input.ts';

const tarSplitFd = 3;
/** Bytes of the archive between two reports of progress. */
const reportEvery = 1 << 20;

type Decompressor = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/**
 * The helper process: makes the target its root, then reads a layer, in one pass unpacks it, digests it twice and writes its tar-split
 * to descriptor 3. Prints how far it is, in bytes of the archive, a line each time, then an UnpackResult as JSON.
 */
export async function runUnpackHelper(argv: readonly string[]): Promise<number> {
  try {
    const options = JSON.parse(argv[0]!) as HelperOptions;
    const inUserNamespace = !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
    const { first, rest } = await peek(readInput(options.input));
    // A program that is needed is started while there still is one to start; it sees the bytes alone.
    const compression = detectCompression(first);
    const decompressor = await decompressorFor(compression);
    confineTo(options.target);
    giveUpPrivileges();
    setUmask(0);
    const result = await unpack(options, inUserNamespace, rest, compression, decompressor);
    process.stdout.write(JSON.stringify(result));
    return 0;
  } catch (error) {
    process.stderr.write((error as Error).message);
    return 1;
  }
}

async function unpack(
  options: HelperOptions,
  inUserNamespace: boolean,
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  decompressor: Decompressor,
): Promise<UnpackResult> {
  const compressed = new Bun.CryptoHasher('sha256');
  const plain = compression === Compression.none ? compressed : new Bun.CryptoHasher('sha256');
  let compressedSize = 0;
  let reported = 0;
  let diffSize = 0;
  const tarSplit = options.keepsTarSplit ? new TarSplitWriter(new GzipWriter(writeTarSplit, { level: 1 })) : undefined;
  const tree = new TreeWriter(options, inUserNamespace, tarSplit);
  const reader = new TarReader(tree);

  async function* digested(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
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
    if (options.reports && compressedSize - reported >= reportEvery) {
      reported = compressedSize;
      process.stdout.write(`${compressedSize}\n`);
    }
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
