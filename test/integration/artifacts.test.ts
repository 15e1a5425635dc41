import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './image-fixture.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

function file(name: string, text: string): string {
  const path = join(scene.directory, name);
  writeFileSync(path, text);
  return path;
}

const store = (): string => join(scene.root, 'artifacts');
const blobs = (): string[] => readdirSync(join(store(), 'blobs/sha256'));
const inspect = (name: string): { Manifest: { layers: { annotations: Record<string, string>; mediaType: string }[] }; Digest: string } =>
  JSON.parse(scene.podman('artifact', 'inspect', name).out);

describe('artifact', () => {
  it('adds, appends, inspects and extracts files as they are', () => {
    const [first] = scene.lines('artifact', 'add', '--type', 'application/x-model', 'quay.io/me/model:1', file('a.txt', 'hello\n'));
    const [second] = scene.lines('artifact', 'add', '--append', 'quay.io/me/model:1', file('b.json', '{}'));
    expect(second).not.toBe(first);
    expect(scene.lines('artifact', 'ls', '--format', '{{.Repository}} {{.Tag}} {{.Digest}} {{.Size}}')).toEqual([
      `quay.io/me/model 1 ${second!.slice(0, 12)} 8B`,
    ]);
    const { Manifest, Digest } = inspect(second!.slice(0, 8));
    expect(Digest).toBe(`sha256:${second}`);
    expect(Manifest).toMatchObject({ artifactType: 'application/x-model', config: { mediaType: 'application/vnd.oci.empty.v1+json' } });
    expect(Manifest.layers.map((layer) => layer.annotations['org.opencontainers.image.title'])).toEqual(['a.txt', 'b.json']);
    const out = join(scene.directory, 'out');
    mkdirSync(out);
    expect(scene.podman('artifact', 'extract', 'quay.io/me/model:1', out).code).toBe(0);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('hello\n');
    expect(scene.podman('artifact', 'extract', '--title', 'b.json', 'quay.io/me/model:1', join(out, 'renamed')).code).toBe(0);
    expect(readFileSync(join(out, 'renamed'), 'utf8')).toBe('{}');
  });

  it('keeps files that another artifact has too, and leaves none when the last goes', () => {
    const shared = file('shared', 'both have it');
    scene.lines('artifact', 'add', 'one', shared);
    scene.lines('artifact', 'add', 'two', shared, file('own', 'only two has it'));
    scene.lines('artifact', 'rm', 'two');
    expect(blobs()).toHaveLength(3); // manifest, empty config, the shared file
    scene.lines('artifact', 'rm', '--all');
    expect(blobs()).toEqual([]);
    expect(scene.podman('artifact', 'rm', 'one')).toMatchObject({ code: 125, err: 'Error: one: artifact does not exist\n' });
    expect(scene.podman('artifact', 'rm', '--ignore', 'one').code).toBe(0);
  });

  it.each([
    [['artifact', 'add', 'there', 'FILE'], 'there: artifact already exists'],
    [['artifact', 'add', '--append', 'there', 'FILE'], 'f: file already exists in artifact'],
    [['artifact', 'add', '--append', '--type', 'x', 'there', 'FILE'], 'append option is not compatible with type option'],
    [['artifact', 'add', 'new', '/nonexistent/file'], 'open /nonexistent/file: no such file or directory'],
    [['artifact', 'add', '', 'FILE'], 'artifact name cannot be empty'],
    [['artifact', 'extract', '--title', 'x', '--digest', 'y', 'there', 'out'], 'cannot specify both digest and title'],
    [['artifact', 'extract', '--title', 'x', 'there', '/tmp'], 'no blob with the title "x"'],
    [['artifact', 'rm', '--all', 'there'], 'when using the --all switch, you may not pass any artifact names or digests'],
  ])('refuses %j', (args, text) => {
    const path = file('f', 'text');
    scene.lines('artifact', 'add', 'there', path);
    const before = blobs().length;
    expect(scene.podman(...args.map((arg) => (arg === 'FILE' ? path : arg)))).toMatchObject({ code: 125, err: `Error: ${text}\n` });
    expect(blobs()).toHaveLength(before);
  });

  it('extracts nothing whose title leads elsewhere', () => {
    const path = file('f', 'text');
    scene.lines('artifact', 'add', '--annotation', 'org.opencontainers.image.title=../evil', 'bad', path);
    const out = join(scene.directory, 'out');
    mkdirSync(out);
    expect(scene.podman('artifact', 'extract', 'bad', out)).toMatchObject({
      code: 125,
      err: 'Error: invalid name: "../evil" cannot contain /: artifact blob title invalid\n',
    });
    expect(existsSync(join(scene.directory, 'evil'))).toBe(false);
  });

  it('loses none when several are added at once', async () => {
    const paths = [1, 2, 3, 4, 5].map((n) => file(`f${n}`, String(n)));
    await Promise.all(
      paths.map(
        (path, n) =>
          new Promise<void>((done) => {
            scene.start('podman', ['artifact', 'add', `number-${n}`, path]).on('exit', () => done());
          }),
      ),
    );
    expect(scene.lines('artifact', 'ls', '-n')).toHaveLength(5);
  });
});
