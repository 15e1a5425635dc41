import { describe, expect, it } from 'vitest';
import { ImageNotKnown, NotAManifestList } from '../../../src/image/image-errors.ts';
import { lookupImage } from '../../../src/image/lookup.ts';
import { hostPlatform } from '../../../src/image/platform.ts';
import { hex, memoryStore } from './memory-store.ts';

const host = hostPlatform();
const digest = (start: string): string => `sha256:${hex(start)}`;
const listType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const store = memoryStore([
  { id: hex('aa1'), names: ['localhost/mine:latest', 'quay.io/team/tool:1'], digest: digest('d1') },
  { id: hex('aa2'), names: ['docker.io/library/busybox:latest'], digest: digest('d2') },
  { id: hex('b1'), names: [`quay.io/team/pinned@${digest('d3')}`], digest: digest('d3') },
  { id: hex('c1'), config: { os: 'linux', architecture: 's390x' }, names: ['localhost/other:latest'], digest: digest('d4') },
  {
    id: hex('e1'),
    names: ['localhost/list:latest'],
    manifest: {
      schemaVersion: 2,
      mediaType: listType,
      manifests: [{ mediaType: manifestType, digest: digest('d2'), size: 1, platform: host }],
    },
  },
  {
    id: hex('e2'),
    names: ['localhost/foreign:latest'],
    manifest: {
      schemaVersion: 2,
      mediaType: listType,
      manifests: [{ mediaType: manifestType, digest: digest('d9'), size: 1, platform: { os: 'plan9', architecture: 'mips' } }],
    },
  },
]);

const found = (name: string, options = {}): [string, string] => {
  const { image, name: by } = lookupImage(store, name, options);
  return [image.id.replace(/0+$/, ''), by];
};

describe('lookupImage', () => {
  it.each([
    ['mine', 'aa1', 'localhost/mine:latest'],
    ['mine:latest', 'aa1', 'localhost/mine:latest'],
    ['localhost/mine', 'aa1', 'localhost/mine:latest'],
    ['quay.io/team/tool:1', 'aa1', 'quay.io/team/tool:1'],
    ['team/tool:1', 'aa1', 'quay.io/team/tool:1'],
    ['tool:1', 'aa1', 'quay.io/team/tool:1'],
    ['busybox', 'aa2', 'docker.io/library/busybox:latest'],
    ['docker.io/busybox', 'aa2', 'docker.io/library/busybox:latest'],
    ['aa1', 'aa1', 'aa1'],
    [hex('aa1'), 'aa1', hex('aa1')],
    [`sha256:${hex('aa1')}`, 'aa1', `sha256:${hex('aa1')}`],
    [`quay.io/team/tool@${digest('d1')}`, 'aa1', `quay.io/team/tool@${digest('d1')}`],
    [`quay.io/team/tool:9@${digest('d1')}`, 'aa1', `quay.io/team/tool@${digest('d1')}`],
    [`tool@${digest('d1')}`, 'aa1', `quay.io/team/tool@${digest('d1')}`],
    [`containers-storage:localhost/mine:latest`, 'aa1', ''],
    [`containers-storage:@${hex('aa2')}`, 'aa2', ''],
  ])('%s', (name, id, by) => {
    expect(found(name)).toEqual([id, by]);
  });

  it.each(['nosuch', 'tool', 'aa', 'quay.io/tool:1', `sha256:${hex('ff')}`, `busybox@${digest('d1')}`, 'mine:2'])('knows no %s', (name) => {
    expect(() => lookupImage(store, name)).toThrow(ImageNotKnown);
  });

  it('finds the instance of a list, or the list', () => {
    expect(found('list')[0]).toBe('aa2');
    expect(found('list', { manifestList: true })[0]).toBe('e1');
    expect(found('list', { onlyManifestList: true })[0]).toBe('e1');
    expect(found('foreign', { listWithoutInstance: true })[0]).toBe('e2');
    expect(() => lookupImage(store, 'foreign')).toThrow(ImageNotKnown);
    expect(() => lookupImage(store, 'mine', { onlyManifestList: true })).toThrow(NotAManifestList);
  });

  it('takes only the platform that was asked for', () => {
    expect(found('other', { platform: { os: 'linux', architecture: 's390x' } })[0]).toBe('c1');
    expect(() => lookupImage(store, 'other', { platform: { architecture: host.architecture } })).toThrow(ImageNotKnown);
    expect(found('other')[0]).toBe('c1');
  });

  it('says what is wrong with a name', () => {
    expect(() => lookupImage(store, 'Foo')).toThrow('parsing reference "Foo": repository name must be lowercase');
    expect(() => lookupImage(store, 'docker://mine')).toThrow('unsupported transport "docker" for looking up local images');
    expect(() => lookupImage(store, 'sha256:abc')).toThrow('sha256:abc: invalid format: no 64-byte hexadecimal value');
  });
});
