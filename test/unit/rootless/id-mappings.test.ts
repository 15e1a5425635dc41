import { describe, expect, it } from 'vitest';
import { parseSubordinateIds } from '../../../src/rootless/id-mappings.ts';
import { needsUserNamespace } from '../../../src/rootless/needs-user-namespace.ts';

describe('parseSubordinateIds', () => {
  it('lays ranges by name and by uid end to end', () => {
    const text = '# comment\nmary:100000:65536\n\njoe:1:2\n1000:300000:10\nmary:x:5\nmary:7:0\nmary:1:2:3\n';
    expect(parseSubordinateIds(text, ['mary', '1000'])).toEqual([
      { containerId: 0, hostId: 100000, size: 65536 },
      { containerId: 65536, hostId: 300000, size: 10 },
    ]);
  });
});

describe('needsUserNamespace', () => {
  it.each([
    ['ps', true],
    ['--root /x ps -a', true],
    ['--log-level=debug container ls', true],
    ['--root version images', true],
    ['version', false],
    ['--log-level debug version', false],
    ['help run', false],
    ['login -u a quay.io', false],
    ['image mount x', false],
    ['image ls', true],
    ['system migrate', 'present'],
    ['system df', true],
    ['unshare id', true],
    ['', false],
    ['--help', false],
    ['mount', false],
    ['search foo', false],
  ])('podman %s: %s', (line, wanted) => {
    expect(needsUserNamespace(line.split(' ').filter(Boolean), 'podman')).toBe(wanted);
  });

  it('knows skopeo and buildah', () => {
    expect(needsUserNamespace(['copy', 'docker://a', 'oci:b'], 'skopeo')).toBe(false);
    expect(needsUserNamespace(['copy', 'docker://a', 'containers-storage:b'], 'skopeo')).toBe(true);
    expect(needsUserNamespace(['from', 'a'], 'buildah')).toBe(true);
    expect(needsUserNamespace(['version'], 'buildah')).toBe(false);
    expect(needsUserNamespace(['skopeo', 'inspect', 'docker://a'], 'selkie')).toBe(false);
  });
});
