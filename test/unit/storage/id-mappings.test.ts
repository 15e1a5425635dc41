import { readdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chownTree } from '../../../src/storage/drivers/chown-tree.ts';
import type { Store } from '../../../src/storage/store.ts';
import { addImage, makeTar, StoreFixture } from '../../fixtures/store-fixture.ts';

const maps = [{ containerId: 0, hostId: 100000, size: 65536 }];
const idMappings = { uids: maps, gids: maps };

let fixture: StoreFixture;
let store: Store;
let image: string;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = fixture.open();
  image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'one' }), makeTar(fixture.directory, { 'd/b': 'two' })]);
});
afterEach(() => {
  delete process.env['_CONTAINERS_OVERLAY_DISABLE_IDMAP'];
  store[Symbol.dispose]();
  fixture[Symbol.dispose]();
});

const ownersIn = (root: string): number[] => ['', '/a', '/d', '/d/b'].map((path) => statSync(`${root}${path}`).uid);

describe('a container with id mappings of its own', () => {
  it('shares the layers of the host, shown through the mappings', () => {
    const container = store.containers.create({ names: ['c'], image, volatile: true, layerOptions: { idMappings } });
    expect(container.uidmap).toEqual(maps);
    expect(ownersIn(store.mount('c'))).toEqual([100000, 100000, 100000, 100000]);
    expect(store.images.find(image)?.mappedLayers).toEqual([]);
    expect(store.unmount('c')).toBe(false);
    expect(readdirSync(`${fixture.graphRoot}/overlay/tempdirs`)).toEqual([]);
  });

  it('has a copy with its owners where the kernel cannot do that, which the next one shares', async () => {
    process.env['_CONTAINERS_OVERLAY_DISABLE_IDMAP'] = 'yes';
    for (const name of ['c', 'd']) {
      store.containers.create({ names: [name], image, volatile: true, layerOptions: { idMappings } });
      expect(ownersIn(store.mount(name))).toEqual([100000, 100000, 100000, 100000]);
    }
    expect(store.images.find(image)?.mappedLayers).toHaveLength(1);
    store.containers.create({ names: ['e'], image, volatile: true });
    expect(ownersIn(store.mount('e'))).toEqual([0, 0, 0, 0]);
    expect(await store.check()).toMatchObject({ layers: new Map(), images: new Map() });
    for (const container of store.containers.list()) store.containers.remove(container.id);
    expect(store.images.remove(image)).toHaveLength(3);
  });
});

it('refuses an owner that the mappings have no place for', () => {
  const tree = `${fixture.graphRoot}/overlay`;
  const small = [{ containerId: 1, hostId: 100000, size: 1 }];
  expect(() => chownTree(tree, undefined, { uids: small, gids: small })).toThrow('no mapping for id 0');
});
