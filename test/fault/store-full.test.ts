import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addImage, makeTar, StoreFixture } from '../fixtures/store-fixture.ts';

let fixture: StoreFixture;
beforeEach(() => {
  fixture = new StoreFixture();
  mkdirSync(fixture.graphRoot);
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', fixture.graphRoot]);
});
afterEach(() => fixture[Symbol.dispose]());

/** Fills the disk but for some bytes. @returns the file to remove to have room again */
function fill(leave: number): string {
  const { bavail, bsize } = statfsSync(fixture.graphRoot);
  const filler = `${fixture.graphRoot}/filler`;
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  truncateSync(filler, bavail * bsize - leave);
  return filler;
}

describe('R02: a full disk', () => {
  it('fails a layer that does not fit, says so, and keeps what was there', async () => {
    using store = fixture.open();
    const image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'one' })]);
    const large = makeTar(fixture.directory, { large: 'x'.repeat(20 << 20) });
    await expect(addImage(store, 'localhost/b:1', [large])).rejects.toThrow(/no space left/i);
    expect(store.layers.list()).toHaveLength(1);
    expect(await store.check()).toMatchObject({ layers: new Map(), images: new Map() });
    const small = makeTar(fixture.directory, { small: 'y' });
    await addImage(store, 'localhost/b:1', [small]);
    expect(store.images.remove(image)).toHaveLength(1);
  });

  it.each([0, 4096, 8192, 12288, 16384, 20480, 28672, 36864])(
    'with %d bytes left, a container is made wholly or not at all',
    async (leave) => {
      using store = fixture.open();
      const image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'one' })]);
      const filler = fill(leave);
      let made = false;
      try {
        store.mount(store.containers.create({ names: ['c'], image, volatile: false }).id);
        made = true;
      } catch (error) {
        expect(String(error)).toMatch(/no space left|ENOSPC/i);
      }
      rmSync(filler);
      using later = fixture.open();
      const container = later.containers.find('c');
      if (made) expect(container).toBeDefined();
      if (container !== undefined) later.containers.remove(container.id);
      expect(await later.check()).toMatchObject({ layers: new Map(), images: new Map(), containers: new Map() });
      expect(later.layers.list()).toHaveLength(1);
      later.mount(later.containers.create({ names: ['c'], image, volatile: false }).id);
    },
  );
});
