import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onDiagnostic } from '../../src/diagnostics.ts';
import { addImage, makeTar, StoreFixture } from '../fixtures/store-fixture.ts';

const calls = 'mkdir,rename,unlink,unlinkat,rmdir,symlink,pwrite64,mount,umount2,fdatasync,chmod,lchown,chown';
const hasStrace = spawnSync('strace', ['--version']).status === 0;
const bun = join(import.meta.dirname, '../../node_modules/.bin/bun');

let fixture: StoreFixture;
let image: string;
let tar: string;
beforeAll(async () => {
  fixture = new StoreFixture();
  using store = fixture.open();
  image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'one' }), makeTar(fixture.directory, { b: 'two' })]);
  tar = makeTar(fixture.directory, { c: 'three' });
});
afterAll(() => fixture[Symbol.dispose]());

/** @returns whether it was killed, as opposed to done before */
function runUntil(kind: string, call: number): boolean {
  const inject = `inject=${calls}:signal=SIGKILL:when=${call}`;
  const life = [bun, join(import.meta.dirname, 'store-life.ts'), fixture.graphRoot, fixture.runRoot, image, tar, kind];
  const result = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject, ...life], {
    encoding: 'utf8',
  });
  if (result.signal !== 'SIGKILL' && result.status !== 0) throw new Error(`store-life: ${result.stderr}`);
  return result.signal === 'SIGKILL';
}

/** What the next command finds and can do. */
async function expectSound(): Promise<void> {
  using store = fixture.open();
  expect(await store.check({ maximumUnreferencedAgeMs: 3_600_000 })).toMatchObject({
    layers: new Map(),
    images: new Map(),
    containers: new Map(),
  });
  for (const container of store.containers.list()) store.containers.remove(container.id);
  for (const other of store.images.list()) if (other.id !== image) store.images.remove(other.id);
  for (const layer of store.layers.list().reverse())
    if (!belongs(store.images.find(image)?.layer, layer.id, store)) store.layers.remove(layer.id);
  expect(store.layers.list()).toHaveLength(2);
  expect(store.layers.driver.layerIds()).toHaveLength(2);
  expect(store.layers.mounts.ids()).toEqual([]);
  for (const path of ['overlay/tempdirs', 'overlay-layers/tmp']) {
    if (existsSync(`${fixture.graphRoot}/${path}`)) expect(readdirSync(`${fixture.graphRoot}/${path}`)).toEqual([]);
  }
  expect(readdirSync(`${fixture.graphRoot}/overlay/l`)).toHaveLength(2);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`${fixture.graphRoot}/overlay/`);
}

function belongs(top: string | undefined, id: string, store: ReturnType<StoreFixture['open']>): boolean {
  for (let layer = top; layer !== undefined; layer = store.layers.get(layer)?.parent) if (layer === id) return true;
  return false;
}

describe.skipIf(!hasStrace)('R01: killed at any of its system calls', () => {
  it.each(['container', 'image'])(
    'while it makes and removes a %s, it leaves a store that the next command finds or makes sound',
    async (kind) => {
      onDiagnostic(undefined);
      let call = 1;
      while (runUntil(kind, call)) {
        await expectSound();
        call++;
      }
      expect(call).toBeGreaterThan(20);
      await expectSound();
    },
    300_000,
  );
});
