import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoreOptions } from '../../../src/config/storage-conf.ts';
import { addImage, makeTar, realTool, StoreFixture, seenByRealTool } from '../../fixtures/store-fixture.ts';

const hasFuse = spawnSync('fuse-overlayfs', ['--version']).status === 0 && existsSync('/dev/fuse');
const peersAreThere = realTool('podman', '--version')?.status === 0;
const cases: [string, Partial<StoreOptions>, boolean][] = [
  ['overlay', {}, true],
  ['overlay as rootless users have it', { rootless: true }, true],
  ['overlay with other mount options', { driverOptions: { mountopt: 'nodev,metacopy=on' } }, true],
  ['overlay with a mount program', { driverOptions: { mount_program: '/usr/bin/fuse-overlayfs' } }, hasFuse],
  ['vfs', { driver: 'vfs' }, true],
];

describe.each(cases.filter(([, , isThere]) => isThere))('%s', (_, extra) => {
  it('shows layers through deletions, lets a container write, and tells what it wrote', async () => {
    using fixture = new StoreFixture(extra);
    using store = fixture.open();
    const image = await addImage(store, 'localhost/a:1', [
      makeTar(fixture.directory, { 'etc/a': 'a', 'etc/b': 'b', 'd/x': 'x', 'd/y': 'y' }),
      makeTar(fixture.directory, { 'etc/.wh.a': '', 'd/.wh..wh..opq': '', 'd/z': 'z' }),
    ]);
    const container = store.containers.create({ names: ['c'], image, volatile: false });
    const root = store.mount('c');
    expect(readdirSync(`${root}/etc`)).toEqual(['b']);
    expect(readdirSync(`${root}/d`)).toEqual(['z']);
    writeFileSync(`${root}/etc/new`, 'new');
    rmSync(`${root}/etc/b`);
    rmSync(`${root}/d`, { recursive: true });
    const changes = (await store.layers.changes(container.layer)).map(({ path, kind }) => `${kind} ${path}`);
    expect(changes.sort()).toEqual(['A /etc/new', 'C /etc', 'D /d', 'D /etc/b']);
    const tar = await collect(store.layers.diffTar(container.layer));
    const names = spawnSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
    expect(names).toEqual(['.wh.d', 'etc/', 'etc/.wh.b', 'etc/new']);
    store.unmount('c');
    expect(await store.check()).toMatchObject({ layers: new Map(), images: new Map() });
    store.containers.remove(container.id);
    store.images.remove(image);
    expect(store.layers.driver.layerIds()).toEqual([]);
  });
});

it.skipIf(!peersAreThere)('S: the real podman finds a vfs store of ours whole', async () => {
  using fixture = new StoreFixture({ driver: 'vfs' });
  using store = fixture.open();
  await addImage(store, 'localhost/a:1', [
    makeTar(fixture.directory, { 'etc/a': 'a', 'd/x': 'x' }),
    makeTar(fixture.directory, { 'etc/.wh.a': '', 'd/z': 'z' }),
  ]);
  const [root, run] = [seenByRealTool(fixture.graphRoot), seenByRealTool(fixture.runRoot)];
  const podman = (...args: string[]) =>
    realTool('podman', '--root', root, '--runroot', run, '--tmpdir', `${run}/tmp`, '--storage-driver', 'vfs', ...args)!;
  expect(podman('system', 'check')).toMatchObject({ status: 0 });
  expect(podman('rmi', 'a:1')).toMatchObject({ status: 0 });
  expect(store.layers.list()).toEqual([]);
});

it('keeps images in a store of their own and containers in another', async () => {
  using images = new StoreFixture();
  using fixture = new StoreFixture({ imageStore: images.graphRoot });
  using store = fixture.open();
  const image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'a' }), makeTar(fixture.directory, { b: 'b' })]);
  expect(JSON.parse(readFileSync(`${images.graphRoot}/overlay-layers/layers.json`, 'utf8'))).toHaveLength(2);
  const container = store.containers.create({ names: ['c'], image, volatile: false });
  expect(JSON.parse(readFileSync(`${fixture.graphRoot}/overlay-layers/layers.json`, 'utf8'))).toMatchObject([{ id: container.layer }]);
  const root = store.mount('c');
  expect(root).toBe(join(fixture.graphRoot, 'overlay', container.layer, 'merged'));
  expect(readdirSync(root).sort()).toEqual(['a', 'b']);
  store.containers.remove(container.id);
  expect(readdirSync(store.mountImage(image)).sort()).toEqual(['a', 'b']);
  expect(await store.check()).toMatchObject({ layers: new Map(), images: new Map() });
  store.unmountImage(image);
  store.images.remove(image);
  expect(store.layers.driver.layerIds()).toEqual([]);
});

it('keeps transient containers where they go with the next boot', async () => {
  using fixture = new StoreFixture({ transientStore: true });
  using store = fixture.open();
  const image = await addImage(store, 'localhost/a:1', [makeTar(fixture.directory, { a: 'a' })]);
  store.containers.create({ names: ['c'], image, volatile: false });
  expect(JSON.parse(readFileSync(`${fixture.runRoot}/overlay-containers/volatile-containers.json`, 'utf8'))).toHaveLength(1);
  expect(JSON.parse(readFileSync(`${fixture.runRoot}/overlay-layers/volatile-layers.json`, 'utf8'))).toHaveLength(1);
});

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}
