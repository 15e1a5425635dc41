import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './image-fixture.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const names = (): string[] => scene.lines('images', '--format', '{{.Repository}}:{{.Tag}}').sort();

describe('import', () => {
  it('makes an image that says what was changed', () => {
    const id = scene.image('one', 'CMD ["/x"]', 'ENV A=b', 'LABEL k=v');
    const [image] = JSON.parse(scene.podman('inspect', 'one').out);
    expect(image).toMatchObject({ Id: id, RepoTags: ['localhost/one:latest'], Config: { Cmd: ['/x'], Env: ['A=b'], Labels: { k: 'v' } } });
    expect(image.RootFS.Layers).toHaveLength(1);
    expect(image.History[0]).toMatchObject({ comment: 'imported from tarball' });
  });

  it('reads standard input', () => {
    const tar = readFileSync(scene.tarball('piped', 'text'));
    const { code, out } = scene.run('podman', ['import', '-q', '-', 'piped'], { input: tar });
    expect([code, out]).toEqual([0, expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/)]);
    expect(names()).toEqual(['localhost/piped:latest']);
  });
});

describe('images', () => {
  it('has headings without images', () => {
    expect(scene.podman('images').out).toBe('REPOSITORY  TAG         IMAGE ID    CREATED     SIZE\n');
  });

  it('lists each name once, and ids once', () => {
    const id = scene.image('one');
    scene.lines('tag', 'one', 'two:2', 'quay.io/team/three');
    expect(names()).toEqual(['localhost/one:latest', 'localhost/two:2', 'quay.io/team/three:latest']);
    expect(scene.lines('images', '-q', '--no-trunc')).toEqual([`sha256:${id}`]);
    expect(JSON.parse(scene.podman('images', '--format', 'json').out)[0]).toMatchObject({
      Id: id,
      Names: expect.any(Array),
      RepoTags: null,
    });
  });

  it('S12: shows control characters of labels and names of tables escaped', () => {
    scene.image('evil', 'LABEL k=\x1b[2Jgone');
    const table = scene.podman('images', '--format', 'table {{.Repository}}\t{{.Labels.k}}').out;
    expect(JSON.parse(scene.podman('inspect', 'evil').out)[0].Labels.k).toBe('\x1b[2Jgone');
    expect(table).not.toContain('\x1b');
  });
});

describe('rmi', () => {
  it('untags, then deletes', () => {
    const id = scene.image('one');
    scene.lines('tag', 'one', 'two');
    expect(scene.lines('rmi', 'two')).toEqual(['Untagged: localhost/two:latest']);
    expect(scene.lines('rmi', 'one')).toEqual(['Untagged: localhost/one:latest', `Deleted: ${id}`]);
    expect(scene.lines('images', '-q')).toEqual([]);
    expect(readFileSync(join(scene.root, 'overlay-layers/layers.json'), 'utf8')).toBe('[]');
  });

  it('tells unknown images by its exit code', () => {
    scene.image('one');
    expect(scene.podman('rmi', 'nosuch', 'one')).toMatchObject({ code: 1, err: 'Error: nosuch: image not known\n' });
    expect(scene.podman('rmi', '-f', 'nosuch')).toEqual({ code: 0, out: '', err: '' });
    expect(scene.podman('image', 'exists', 'one').code).toBe(1);
  });
});

describe('prune', () => {
  it('asks, and removes what has no name', () => {
    const id = scene.image('one');
    scene.lines('untag', 'one');
    const asked = scene.run('podman', ['image', 'prune'], { input: 'n\n' });
    expect(asked.out).toBe('WARNING! This command removes all dangling images.\nAre you sure you want to continue? [y/N] ');
    expect(scene.run('podman', ['image', 'prune'], { input: 'y\n' }).out).toContain(id);
    expect(scene.lines('images', '-aq')).toEqual([]);
  });
});

describe('save and load', () => {
  it.each(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])('%s', (format) => {
    const id = scene.image('one', 'CMD ["/x"]');
    const path = join(scene.directory, 'saved');
    scene.lines('save', '-q', '--format', format, '-o', path, 'one');
    scene.lines('rmi', 'one');
    const [loaded] = scene.lines('load', '-q', '-i', path);
    expect(loaded).toBe(
      format.endsWith('-dir')
        ? `Loaded image: sha256:${scene.lines('images', '-q', '--no-trunc')[0]!.slice(7)}`
        : 'Loaded image: localhost/one:latest',
    );
    const [image] = JSON.parse(scene.podman('image', 'inspect', scene.lines('images', '-q')[0]!).out);
    expect(image.Config.Cmd).toEqual(['/x']);
    if (format.startsWith('oci')) expect(image.Id).toBe(id);
  });

  it('keeps several images and names in one archive', () => {
    scene.image('one');
    scene.image('two');
    scene.lines('tag', 'one', 'also');
    const path = join(scene.directory, 'both.tar');
    scene.lines('save', '-q', '-m', '-o', path, 'one', 'two', 'also');
    scene.lines('rmi', '-a');
    expect(scene.lines('load', '-q', '-i', path).sort()).toEqual([
      'Loaded image: localhost/also:latest',
      'Loaded image: localhost/one:latest',
      'Loaded image: localhost/two:latest',
    ]);
  });

  it('goes through pipes', () => {
    scene.image('one');
    const path = join(scene.directory, 'piped.tar');
    const saved = scene.run('podman', ['save', 'one']);
    expect(saved).toMatchObject({ code: 0, err: '' });
    expect(saved.out.length).toBeGreaterThan(1000);
    writeFileSync(path, '');
    scene.lines('save', '-q', '-o', `${path}2`, 'one');
    scene.lines('rmi', 'one');
    expect(scene.run('podman', ['load', '-q'], { input: readFileSync(`${path}2`) }).out).toBe('Loaded image: localhost/one:latest\n');
  });

  it('refuses what is no archive, and says why', () => {
    const path = join(scene.directory, 'no-archive');
    writeFileSync(path, 'text');
    const { code, err } = scene.podman('load', '-i', path);
    expect([code, err]).toEqual([125, expect.stringContaining('payload does not match any of the supported image formats:\n * oci: ')]);
  });

  it('does not write over an archive', () => {
    scene.image('one');
    const path = join(scene.directory, 'there.tar');
    writeFileSync(path, 'something');
    expect(scene.podman('save', '-o', path, 'one')).toMatchObject({
      code: 125,
      err: "Error: docker-archive doesn't support modifying existing images\n",
    });
    expect(readFileSync(path, 'utf8')).toBe('something');
  });
});

describe('mount', () => {
  it('shows the files until it is unmounted', () => {
    const id = scene.image('one');
    const [path] = scene.lines('image', 'mount', 'one');
    expect(readFileSync(join(path!, 'etc/one'), 'utf8')).toBe('one');
    expect(scene.lines('image', 'mount')[0]).toMatch(/^localhost\/one:latest +\//);
    expect(scene.lines('image', 'unmount', 'one')).toEqual([id]);
    expect(existsSync(join(path!, 'etc/one'))).toBe(false);
  });
});

describe('manifest', () => {
  it('keeps a list of images', () => {
    const id = scene.image('one');
    const [list] = scene.lines('manifest', 'create', 'all');
    expect(
      scene.lines(
        'manifest',
        'add',
        '--annotation',
        'a=b',
        'all',
        `containers-storage:[overlay@${scene.root}+${scene.runroot}]localhost/one:latest`,
      ),
    ).toEqual([list]);
    const inspected = JSON.parse(scene.podman('manifest', 'inspect', 'all').out);
    expect(inspected).toMatchObject({ schemaVersion: 2, manifests: [{ platform: { os: 'linux' }, annotations: { a: 'b' } }] });
    scene.lines('manifest', 'annotate', '--arch', 'arm64', '--variant', 'v8', 'all', inspected.manifests[0].digest);
    expect(JSON.parse(scene.podman('manifest', 'inspect', 'all').out).manifests[0].platform).toMatchObject({
      architecture: 'arm64',
      variant: 'v8',
    });
    const target = join(scene.directory, 'pushed');
    mkdirSync(target);
    scene.lines('manifest', 'push', '-q', '--all', 'all', `dir:${target}/list`);
    expect(JSON.parse(readFileSync(`${target}/list/manifest.json`, 'utf8')).manifests).toHaveLength(1);
    scene.lines('manifest', 'remove', 'all', inspected.manifests[0].digest);
    expect(scene.lines('manifest', 'rm', 'all')).toEqual(['Untagged: localhost/all:latest', `Deleted: ${list}`]);
    expect(scene.lines('images', '-q', '--no-trunc')).toEqual([`sha256:${id}`]);
  });
});
