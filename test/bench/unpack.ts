/**
 * bun test/bench/unpack.ts LAYER [RUNS]: unpacks a layer (a tar, compressed or not) in a helper, puts it together again, tars it
 * anew and compresses it, and prints wall-clock and CPU seconds of each, the helper's included.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compress } from '../../src/archive/compression.ts';
import { diffTar } from '../../src/archive/diff-tar.ts';
import { assembleTarSplit } from '../../src/archive/tar-split.ts';
import { unpackLayer } from '../../src/archive/unpack.ts';

const [layer, runs = '3'] = process.argv.slice(2);
if (layer === undefined) throw new Error('usage: unpack.ts LAYER [RUNS]');

async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
}

async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const wall = ((performance.now() - start) / 1000).toFixed(2);
  console.log(`${what.padEnd(10)} ${wall} s, own CPU ${((user + system) / 1e6).toFixed(2)} s`);
  return result;
}

for (let run = 0; run < Number(runs); run++) {
  const directory = mkdtempSync(join(tmpdir(), 'selkie-bench-'));
  const target = join(directory, 'diff');
  const tarSplitPath = join(directory, 'split.gz');
  mkdirSync(target);
  try {
    await measured('unpack', () =>
      unpackLayer({ source: { path: layer }, target, tarSplitPath, whiteouts: 'overlay', xattrPrefix: 'trusted.overlay.' }),
    );
    await measured('assemble', () => drain(assembleTarSplit(tarSplitPath, [target])));
    await measured('diff', () => drain(diffTar({ upper: target, lowers: [], xattrPrefix: 'trusted.overlay.' })));
    await measured('push', () => drain(compress('gzip')(assembleTarSplit(tarSplitPath, [target]))));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(`resident at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}
