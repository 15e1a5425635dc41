import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './image-fixture.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

interface Entry {
  digest: string;
  platform: { architecture: string };
  annotations?: Record<string, string>;
}
const index = (path: string): { manifests: Entry[] } => {
  const { manifests } = JSON.parse(readFileSync(join(path, 'index.json'), 'utf8'));
  return JSON.parse(readFileSync(join(path, 'blobs/sha256', manifests[0].digest.slice(7)), 'utf8'));
};

/** A list of two architectures, pushed to a layout. */
function layout(...flags: string[]): string {
  const tar = scene.tarball('file', 'text');
  for (const arch of ['amd64', 'arm64']) scene.lines('import', '-q', '--arch', arch, tar, `one-${arch}`);
  scene.lines('manifest', 'create', 'both', 'containers-storage:localhost/one-amd64', 'containers-storage:localhost/one-arm64');
  const path = join(scene.directory, 'layout');
  const { code, err } = scene.podman('manifest', 'push', ...flags, 'both', `oci:${path}:both`);
  expect([code, err]).toEqual([0, expect.stringContaining('Writing manifest list to image destination\nStoring list signatures\n')]);
  return path;
}

describe('lists', () => {
  it('get an instance in each compression that is asked for, those of zstd last', () => {
    const { manifests } = index(layout('--add-compression', 'zstd', '--add-compression', 'gzip'));
    expect(manifests.map(({ platform, annotations }) => [platform.architecture, annotations ?? {}])).toEqual([
      ['amd64', {}],
      ['arm64', {}],
      ['amd64', { 'io.github.containers.compression.zstd': 'true' }],
      ['arm64', { 'io.github.containers.compression.zstd': 'true' }],
    ]);
  });

  it('of a layout give the instance for the platform that is asked for', () => {
    const path = layout();
    const pulled = (arch: string) => {
      const [id] = scene.lines('pull', '-q', '--arch', arch, `oci:${path}:both`);
      return scene.lines('image', 'inspect', '--format', '{{.Architecture}}', id!);
    };
    expect([pulled('arm64'), pulled('amd64')]).toEqual([['arm64'], ['amd64']]);
    expect(scene.podman('pull', '--arch', 'mips', `oci:${path}:both`)).toMatchObject({
      code: 125,
      err: expect.stringContaining('no image found in image index for architecture "mips", variant "", OS "linux"'),
    });
  });

  it('move an image that is added again to the end', () => {
    layout();
    const order = () =>
      JSON.parse(scene.podman('manifest', 'inspect', 'both').out).manifests.map((entry: Entry) => entry.platform.architecture);
    expect(order()).toEqual(['amd64', 'arm64']);
    scene.lines('manifest', 'add', 'both', 'containers-storage:localhost/one-amd64');
    expect(order()).toEqual(['arm64', 'amd64']);
  });
});

it('an image that is removed by force takes its containers along', () => {
  scene.image('one', 'CMD /x');
  scene.lines('create', '--name', 'c', '--network', 'none', 'one');
  expect(scene.podman('rmi', 'one').code).toBe(2);
  scene.lines('rmi', '-f', 'one');
  expect(scene.lines('ps', '-aq', '--external')).toEqual([]);
});
