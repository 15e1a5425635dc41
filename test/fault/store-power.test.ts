import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addImage, makeTar, StoreFixture } from '../fixtures/store-fixture.ts';

const hasStrace = spawnSync('strace', ['--version']).status === 0;
const bun = join(import.meta.dirname, '../../node_modules/.bin/bun');

it.skipIf(!hasStrace)('R03: what others refer to is on disk before the rename that publishes it', async () => {
  using fixture = new StoreFixture();
  using store = fixture.open();
  const image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'one' })]);
  const tar = makeTar(fixture.directory, { c: 'three' });
  const trace = `${fixture.directory}/trace`;
  const life = [bun, join(import.meta.dirname, 'store-life.ts'), fixture.graphRoot, fixture.runRoot, image, tar, 'image'];
  expect(spawnSync('strace', ['-f', '-y', '-o', trace, '-e', 'trace=syncfs,fdatasync,rename', ...life]).status).toBe(0);
  const calls = readFileSync(trace, 'utf8').split('\n');
  const at = (pattern: RegExp, from = 0): number => calls.findIndex((call, index) => index >= from && pattern.test(call));
  const flush = at(/syncfs/);
  const tree = at(/rename\(.*-addition.*\/diff"/);
  const tarSplit = at(/rename\(.*-addition.*tar-split\.gz"/);
  const layers = at(/rename\(.*\/layers\.json"/, tree);
  const images = at(/rename\(.*\/images\.json"/, layers);
  for (const index of [flush, tree, tarSplit, layers, images]) expect(index).toBeGreaterThanOrEqual(0);
  expect(flush).toBeLessThan(tree);
  expect(flush).toBeLessThan(tarSplit);
  expect(tree).toBeLessThan(layers);
  expect(tarSplit).toBeLessThan(layers);
  for (const index of [layers, images]) expect(calls[index - 1]).toMatch(/fdatasync.*\.tmp-(layers|images)\.json/);
  const data = at(/fdatasync.*\.tmp-manifest/);
  expect(data).toBeGreaterThan(layers);
  expect(data).toBeLessThan(images);
});
