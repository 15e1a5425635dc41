import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('run', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  it('carries output, errors and the exit code', () => {
    expect(scene.once('bb', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({ code: 7, out: 'out\n', err: 'err\n' });
  });

  it('carries input with -i only', () => {
    expect(scene.run('podman', ['run', '--rm', '--net=none', '-i', 'bb', 'cat'], { input: 'hello' }).out).toBe('hello');
    expect(scene.run('podman', ['run', '--rm', '--net=none', 'bb', 'cat'], { input: 'hello' }).out).toBe('');
  });

  it.each([
    [127, ['bb', 'no-such-command']],
    [126, ['bb', '/etc/passwd']],
    [125, ['--memory', 'x', 'bb']],
    [126, ['-w', '/nowhere', 'bb', 'true']],
  ])('exits with %i when the command cannot be run', (code, args) => {
    expect(scene.once(...args).code).toBe(code);
  });

  it('leaves nothing behind with --rm', () => {
    scene.once('-v', '/anonymous', 'bb', 'true');
    expect(scene.lines('ps', '-aq')).toEqual([]);
    expect(scene.lines('volume', 'ls', '-q')).toEqual([]);
  });

  it('writes --cidfile and takes it away with the container', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cid-'));
    const file = join(directory, 'cid');
    const [id] = scene.lines('create', '--net=none', '--cidfile', file, 'bb');
    expect(readFileSync(file, 'utf8')).toBe(id);
    scene.lines('rm', id!);
    expect(() => readFileSync(file)).toThrow();
  });

  it('refuses a name that is taken, and replaces on demand', () => {
    scene.lines('create', '--net=none', '--name', 'taken', 'bb');
    const again = scene.podman('create', '--net=none', '--name', 'taken', 'bb');
    expect(again.code).toBe(125);
    expect(again.err).toMatch(/the container name "taken" is already in use by [0-9a-f]{64}/);
    expect(scene.podman('create', '--net=none', '--replace', '--name', 'taken', 'bb').code).toBe(0);
    scene.lines('rm', 'taken');
  });

  it('leaves nothing behind when a container of --rm does not start, in the background too', () => {
    expect(scene.podman('run', '-d', '--rm', '--net=none', 'bb', 'no-such-command').code).toBe(127);
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });

  it('prints the ID when only input is attached', () => {
    const { out } = scene.podman('run', '--net=none', '--name', 'quiet', '--attach', 'stdin', 'bb', 'echo', 'hello');
    expect(out.trim()).toBe(scene.lines('inspect', '--format', '{{.Id}}', 'quiet')[0]!);
    scene.lines('rm', 'quiet');
  });

  it('starts in a directory that is there only because of a mount below it', () => {
    expect(scene.once('-v', `${tmpdir()}:/made/for/mount`, '-w', '/made', 'bb', 'pwd').out).toBe('/made\n');
  });

  it('refuses --authfile that is not there, though the image is', () => {
    expect(scene.once('--authfile', '/nowhere', 'bb', 'true').err).toBe(
      'Error: credential file is not accessible: faccessat /nowhere: no such file or directory\n',
    );
  });

  it('refuses to pass on a descriptor that it does not have', () => {
    expect(scene.once('--preserve-fd', '40', 'bb', 'true').err).toBe(
      'Error: file descriptor 40 is not available - the preserve-fd option requires that file descriptors must be passed\n',
    );
  });

  it('clones a container with its settings, under an ID and a hostname of its own', () => {
    scene.lines(
      'create',
      '--net=none',
      '--name',
      'first',
      '-e',
      'A=B',
      '-v',
      'kept:/kept',
      '--memory',
      '64m',
      'bb',
      'sh',
      '-c',
      'hostname; echo $A',
    );
    const [id] = scene.lines('container', 'clone', 'first');
    const [limited] = scene.lines('container', 'clone', '--memory', '32m', 'first');
    expect(scene.lines('inspect', '--format', '{{.Name}} {{.HostConfig.Memory}}', id!, limited!)).toEqual([
      `first-clone ${64 << 20}`,
      `first-clone1 ${32 << 20}`,
    ]);
    expect(scene.lines('start', '-a', 'first-clone')).toEqual([id!.slice(0, 12), 'B']);
    scene.lines('container', 'clone', '--destroy', 'first', 'second');
    expect(scene.podman('container', 'exists', 'first').code).toBe(1);
    scene.lines('rm', '-a');
    scene.lines('volume', 'rm', 'kept');
  });

  it('fills an empty named volume from the image, once', () => {
    expect(scene.once('-v', 'filled:/data', 'bb', 'cat', '/data/file').out).toBe('from the image\n');
    scene.once('-v', 'filled:/data', 'bb', 'sh', '-c', 'echo mine > /data/file');
    expect(scene.once('-v', 'filled:/data', 'bb', 'cat', '/data/file').out).toBe('mine\n');
    expect(scene.once('-v', 'bare:/data:nocopy', 'bb', 'ls', '/data').out).toBe('');
    scene.lines('volume', 'rm', 'filled', 'bare');
  });

  it('merges variables of image, files and flags', () => {
    scene.busybox('env', () => {}, 'ENV A=image', 'ENV B=image');
    const file = join(mkdtempSync(join(tmpdir(), 'env-')), 'env');
    writeFileSync(file, '# comment\nB=file\nC=file\n');
    const { out } = scene.once('--env-file', file, '-e', 'C=flag', '--env-merge', 'A=${A}+', 'env', 'env');
    expect(out.split('\n')).toEqual(expect.arrayContaining(['A=image+', 'B=file', 'C=flag']));
  });

  it('places secrets as files and variables', () => {
    scene.run('podman', ['secret', 'create', 'word', '-'], { input: 'xyzzy' });
    const { out } = scene.once(
      '--secret',
      'word,mode=0400',
      '--secret',
      'word,type=env,target=WORD',
      'bb',
      'sh',
      '-c',
      'cat /run/secrets/word; echo " $WORD"; stat -c %a /run/secrets/word',
    );
    expect(out).toBe('xyzzy xyzzy\n400\n');
    scene.lines('secret', 'rm', 'word');
  });

  it('runs on a root directory of the user with --rootfs', () => {
    const tree = mkdtempSync(join(tmpdir(), 'rootfs-'));
    scene.busybox('unused', (from) => {
      const { cpSync } = require('node:fs') as typeof import('node:fs');
      cpSync(from, tree, { recursive: true, verbatimSymlinks: true });
    });
    expect(scene.once('--rootfs', tree, 'cat', '/data/file').out).toBe('from the image\n');
  });
});
