import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransportMatrix, transports } from './transport-matrix.ts';

const ours = resolve('dist/selkie');
const theirs = process.env['REAL_SKOPEO'] ?? 'skopeo';
const canRun =
  process.getuid?.() === 0 &&
  existsSync(ours) &&
  [theirs, 'docker-registry'].every((program) => spawnSync(program, ['--version']).error === undefined);

describe.skipIf(!canRun)('a copy is what the real skopeo makes of it', () => {
  let matrix: TransportMatrix;
  beforeAll(async () => {
    matrix = new TransportMatrix(ours, theirs);
    await matrix.start();
  });
  afterAll(() => matrix[Symbol.asyncDispose]());

  it.each(transports)('from %s to every place', async (from) => {
    const verdicts = [];
    for (const to of transports) verdicts.push([to, await matrix.compare(from, to)]);
    // what leaves the store unpacked was called compressed by skopeo before 1.16, and is called what it is since
    const older = from === 'containers-storage' ? '|.*tar"\\]\\] is not .*tar\\+gzip"\\]\\]' : '';
    const good = new RegExp(`^(same|recompressed${older})$`);
    expect(verdicts).toEqual(transports.map((to) => [to, expect.stringMatching(good)]));
  });
});
