import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUmask } from '../../../src/os/confinement.ts';
import { ContainerNameInUse, ImageInUse, ImageLayerMismatch, StoreDamaged, StoreInUse } from '../../../src/storage/errors.ts';
import type { Store } from '../../../src/storage/store.ts';
import { addImage, makeTar, StoreFixture } from '../../fixtures/store-fixture.ts';

let fixture: StoreFixture;
let store: Store;
beforeEach(() => {
  fixture = new StoreFixture();
  store = fixture.open();
});
afterEach(() => {
  store[Symbol.dispose]();
  fixture[Symbol.dispose]();
});

const json = (path: string): unknown => JSON.parse(readFileSync(`${fixture.graphRoot}/${path}`, 'utf8'));
const addTwoLayers = (name = 'localhost/a:1'): Promise<string> =>
  addImage(store, name, [makeTar(fixture.directory, { 'etc/a': 'one' }), makeTar(fixture.directory, { 'etc/b': 'two' })]);

describe('an image', () => {
  it('has layers, data and names on disk as the real tools keep them', async () => {
    const id = await addTwoLayers();
    const [base, top] = json('overlay-layers/layers.json') as Record<string, unknown>[];
    expect(Object.keys(top!)).toEqual([
      'id',
      'parent',
      'created',
      'compressed-diff-digest',
      'compressed-size',
      'diff-digest',
      'diff-size',
      'uidset',
      'gidset',
    ]);
    expect(top!['parent']).toBe(base!['id']);
    const [image] = json('overlay-images/images.json') as Record<string, unknown>[];
    expect(Object.keys(image!)).toEqual([
      'id',
      'digest',
      'names',
      'names-history',
      'layer',
      'metadata',
      'big-data-names',
      'big-data-sizes',
      'big-data-digests',
      'created',
    ]);
    const overlay = `${fixture.graphRoot}/overlay`;
    const link = readFileSync(`${overlay}/${base!['id']}/link`, 'utf8');
    expect(readFileSync(`${overlay}/${top!['id']}/lower`, 'utf8')).toBe(`l/${link}`);
    expect(readFileSync(`${overlay}/${top!['id']}/lower-layers`, 'utf8')).toBe(base!['id']);
    expect(statSync(`${overlay}/${base!['id']}/diff`).mode & 0o7777).toBe(0o555);
    expect(statSync(`${fixture.graphRoot}/overlay-layers/${top!['id']}.tar-split.gz`).mode & 0o777).toBe(0o600);
    expect(statSync(`${fixture.graphRoot}/overlay-layers/layers.lock`).size).toBe(64);
    expect(store.images.find('localhost/a:1')?.id).toBe(id);
    expect(store.images.find(id.slice(0, 8))?.id).toBe(id);
    expect(store.images.find('')).toBeUndefined();
  });

  it('gives a name up to another, and remembers the names that it had', async () => {
    const first = await addTwoLayers();
    const second = await addImage(store, 'localhost/b:1', [makeTar(fixture.directory, { x: 'y' })]);
    store.images.addNames(second, ['localhost/a:1']);
    expect(store.images.find(first)?.names).toEqual([]);
    expect(store.images.find(second)?.names).toEqual(['localhost/a:1', 'localhost/b:1']);
    expect(store.images.find(first)?.namesHistory).toEqual(['localhost/a:1']);
    store.images.removeNames(second, ['localhost/b:1']);
    expect(store.images.find(second)?.names).toEqual(['localhost/a:1']);
    expect(store.images.find(second)?.namesHistory).toEqual(['localhost/a:1', 'localhost/b:1']);
  });

  it('cannot come again with other layers', async () => {
    const id = await addTwoLayers();
    expect(() => store.images.create({ id, names: [], bigData: [] })).toThrow(ImageLayerMismatch);
  });

  it('shares layers with others, and takes only its own with it', async () => {
    const shared = makeTar(fixture.directory, { base: 'x' });
    const first = await addImage(store, 'localhost/a:1', [shared, makeTar(fixture.directory, { one: '1' })]);
    const second = await addImage(store, 'localhost/b:1', [shared, makeTar(fixture.directory, { two: '2' })]);
    expect(store.layers.list()).toHaveLength(3);
    expect(store.images.remove(first)).toHaveLength(1);
    expect(store.layers.list()).toHaveLength(2);
    expect(store.images.remove(second)).toHaveLength(2);
    expect(store.layers.list()).toEqual([]);
    expect(store.layers.driver.layerIds()).toEqual([]);
  });

  it('gives each layer back bit by bit', async () => {
    const tar = makeTar(fixture.directory, { 'a/b/c': 'text', 'a/empty': '' });
    await addImage(store, 'localhost/a:1', [tar]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.layers.diffTar(store.layers.list()[0]!.id)) chunks.push(chunk.slice());
    expect(Buffer.concat(chunks).equals(readFileSync(tar))).toBe(true);
  });
});

describe('a container', () => {
  it('is mounted, written to, counted, unmounted and removed', async () => {
    const image = await addTwoLayers();
    const container = store.containers.create({ names: ['c'], image, volatile: true, layerOptions: { names: ['c-layer'] } });
    expect(container.flags).toEqual({ MountLabel: '', ProcessLabel: '', Volatile: true });
    expect(json('overlay-layers/volatile-layers.json')).toMatchObject([{ id: container.layer, names: ['c-layer'] }]);
    const root = store.mount('c');
    expect(store.mount('c')).toBe(root);
    expect(store.mountCount('c')).toBe(2);
    expect(readFileSync(`${root}/etc/a`, 'utf8') + readFileSync(`${root}/etc/b`, 'utf8')).toBe('onetwo');
    writeFileSync(`${root}/new`, 'x');
    expect(store.layers.size(container.layer)).toBe(1);
    expect(await store.layers.changes(container.layer)).toEqual([{ path: '/new', kind: 'A' }]);
    expect(store.unmount('c')).toBe(true);
    expect(store.unmount('c')).toBe(false);
    expect(store.mountCount('c')).toBe(0);
    expect(() => store.images.remove(image)).toThrow(ImageInUse);
    store.mount('c');
    store.containers.remove(container.id);
    expect(store.containers.list()).toEqual([]);
    expect(existsSync(`${fixture.graphRoot}/overlay/${container.layer}`)).toBe(false);
    expect(existsSync(`${fixture.graphRoot}/overlay-containers/${container.id}`)).toBe(false);
  });

  it('has a root with the mode of the image, whatever the umask', async () => {
    const before = setUmask(0o077);
    try {
      const image = await addTwoLayers();
      const root = store.mount(store.containers.create({ names: ['c'], image, volatile: true }).id);
      expect(statSync(root).mode & 0o7777).toBe(0o555);
      expect(statSync(`${fixture.graphRoot}/overlay`).mode & 0o777).toBe(0o755);
    } finally {
      setUmask(before);
    }
  });

  it('has a name of its own', async () => {
    const image = await addTwoLayers();
    store.containers.create({ names: ['c'], image, volatile: false });
    expect(() => store.containers.create({ names: ['c'], image, volatile: false })).toThrow(ContainerNameInUse);
    expect(store.layers.list()).toHaveLength(3);
  });

  it('may be made and mounted under locks that are taken once', async () => {
    const image = await addTwoLayers();
    const root = store.transaction(() => store.mount(store.containers.create({ names: ['c'], image, volatile: true }).id));
    expect(existsSync(`${root}/etc/a`)).toBe(true);
  });

  it.each([38, 200])('lies upon %d layers, though their names fill more than a page', (depth) => {
    let parent: string | undefined;
    for (let index = 0; index < depth; index++) {
      parent = store.layers.createReadWrite({ parent, volatile: true }).id;
      writeFileSync(`${store.layers.driver.diffPath(parent)}/f${index}`, String(index));
    }
    const root = store.mount(store.layers.createReadWrite({ parent, volatile: true }).id);
    expect(readFileSync(`${root}/f0`, 'utf8') + readFileSync(`${root}/f${depth - 1}`, 'utf8')).toBe(`0${depth - 1}`);
    writeFileSync(`${root}/f0`, 'changed');
  });
});

describe('the store', () => {
  it('shows one opener what another wrote', async () => {
    using other = fixture.open();
    expect(other.images.list()).toEqual([]);
    const image = await addTwoLayers();
    expect(other.images.find('localhost/a:1')?.id).toBe(image);
    const { id } = other.containers.create({ names: ['c'], image, volatile: true });
    expect(store.containers.find('c')?.id).toBe(id);
  });

  it('names a file that is damaged', async () => {
    await addTwoLayers();
    writeFileSync(`${fixture.graphRoot}/overlay-layers/layers.json`, '[{"id":');
    expect(() => store.layers.list()).toThrow(StoreDamaged);
    expect(store.images.list()).toHaveLength(1);
  });

  it('removes layers that were left incomplete', async () => {
    await addTwoLayers();
    const path = `${fixture.graphRoot}/overlay-layers/layers.json`;
    const records = json('overlay-layers/layers.json') as Record<string, unknown>[];
    records[1]!['flags'] = { incomplete: true };
    writeFileSync(path, JSON.stringify(records));
    expect(store.layers.list()).toHaveLength(1);
    expect(store.layers.driver.layerIds()).toEqual([records[0]!['id']]);
    expect(json('overlay-layers/layers.json')).toHaveLength(1);
  });

  it('does not shut down under a mounted container unless forced', async () => {
    const image = await addTwoLayers();
    store.mount(store.containers.create({ names: ['c'], image, volatile: true }).id);
    expect(() => store.shutdown(false)).toThrow(StoreInUse);
    expect(store.shutdown(true)).toHaveLength(1);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(fixture.graphRoot);
  });

  it('finds nothing wrong with what it wrote, and something with what was taken away', async () => {
    const image = await addTwoLayers();
    const found = async () => Object.values(await store.check()).reduce((sum, map) => sum + map.size, 0);
    expect(await found()).toBe(0);
    writeFileSync(`${store.layers.driver.diffPath(store.images.find(image)!.layer!)}/etc/b`, 'TWO');
    expect(await found()).toBeGreaterThan(0);
  });

  it('reads an additional store without writing to it', async () => {
    const image = await addTwoLayers();
    using reader = new StoreFixture({ additionalImageStores: [fixture.graphRoot] });
    using second = reader.open();
    expect(second.images.find(image)?.readOnly).toBe(true);
    const root = second.mount(second.containers.create({ names: ['c'], image, volatile: true }).id);
    expect(readFileSync(`${root}/etc/a`, 'utf8')).toBe('one');
    expect(existsSync(`${second.mountImage(image)}/etc/b`)).toBe(true);
    expect(() => second.images.remove(image)).toThrow('read-only');
  });
});
