import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

/** CRIU needs much of the kernel; the runtime loads its library. */
const hasCriu = canRun && spawnSync('criu', ['check']).status === 0;
const counts = 'echo shm > /dev/shm/s; echo new > /new; rm /data/file; i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done';
let scene: ContainerScene;
let image: string;
const state = (name: string): Record<string, unknown> => JSON.parse(scene.lines('inspect', '--format', '{{json .State}}', name)[0]!);
const refused = (...args: string[]): string => {
  const { code, err } = scene.podman('container', ...args);
  expect(code).toBe(125);
  return err;
};

describe.skipIf(!canRun)('checkpoint and restore', () => {
  beforeAll(() => {
    scene = new ContainerScene();
    image = scene.busybox();
  });
  afterEach(() => void scene.podman('rm', '-fa', '-t', '0'));
  afterAll(() => scene?.[Symbol.dispose]());

  test.each([
    [['checkpoint', '--compress', 'gzip', 'x'], '--compress can only be used with --export'],
    [
      ['checkpoint', '-e', 'f', '-c', 'lzma', 'x'],
      'selected compression algorithm ("lzma") not supported. Please select one from: gzip, none, zstd',
    ],
    [['checkpoint', '--ignore-rootfs', 'x'], '--ignore-rootfs can only be used with --export'],
    [['checkpoint', '--with-previous', '-P', 'x'], '--with-previous can not be used with --pre-checkpoint'],
    [['restore'], 'you must provide at least one name or id'],
    [['restore', '-i', 'f', 'x'], 'no such container or image: x'],
    [['restore', '-i', 'f', '-a'], 'cannot use --import with --all or --latest'],
    [['restore', '--all', '--name', 'y'], '--name can only be used with image or --import'],
    [['restore', '--all', '-p', '80'], '--publish can only be used with image or --import'],
    [['restore', '-i', 'f', '-n', 'y', '--tcp-established'], '--tcp-established cannot be used with --name'],
    [['restore', '-i', '/no/file'], 'failed to open checkpoint archive /no/file for import: open /no/file: no such file or directory'],
    [['restore', 'bb'], 'image is not a checkpoint: '],
  ])('%j is refused', (args, text) => {
    expect(refused(...args)).toContain(text);
  });

  test.skipIf(hasCriu)('without CRIU they say what is missing', () => {
    scene.lines('run', '-d', '--name', 'c', '--net=none', image, 'sleep', '1000');
    expect(refused('checkpoint', 'c')).toContain('failed to check for criu version: exec: "criu": executable file not found in $PATH');
  });

  test.skipIf(!hasCriu)(
    'a container stops and goes on where it was',
    async () => {
      scene.lines('run', '-d', '--name', 'c', '--net=none', image, 'sh', '-c', counts);
      await Bun.sleep(500);
      expect(scene.lines('container', 'checkpoint', 'c')).toEqual(['c']);
      expect(state('c')).toMatchObject({ Status: 'exited', ExitCode: 0, Checkpointed: true });
      expect(refused('checkpoint', 'c')).toContain('"exited" is not running, cannot checkpoint: container state improper');
      const [before] = scene.lines('export', 'c', '-o', join(scene.directory, 'c.tar')).concat(tarred('c.tar', 'count'));
      expect(scene.lines('container', 'restore', 'c')).toEqual(['c']);
      await Bun.sleep(500);
      expect(state('c')).toMatchObject({ Status: 'running', Restored: true });
      expect(Number(scene.lines('exec', 'c', 'cat', '/count')[0])).toBeGreaterThan(Number(before));
      expect(scene.lines('exec', 'c', 'cat', '/new', '/dev/shm/s')).toEqual(['new', 'shm']);
      expect(refused('restore', 'c')).toContain('is running or paused, cannot restore: container state improper');
      scene.lines('stop', '-t', '0', 'c');
      expect(refused('restore', 'c')).toContain('a complete checkpoint for this container cannot be found');
      const events = scene.lines('events', '--stream=false', '--filter', 'container=c', '--format', '{{.Status}}');
      expect(events).toEqual(expect.arrayContaining(['checkpoint', 'restore']));
    },
    60_000,
  );

  test.skipIf(!hasCriu).each(['none', 'gzip', 'zstd'])(
    'an archive (%s) makes the container elsewhere',
    (compression) => {
      const archive = join(scene.directory, `${compression}.tar`);
      scene.lines('run', '-d', '--name', 'c', '--net=none', '-v', 'vol:/vol', image, 'sh', '-c', `echo kept > /vol/f; ${counts}`);
      scene.lines('container', 'checkpoint', '-c', compression, '-e', archive, 'c');
      expect(tarred(`${compression}.tar`, 'deleted.files', compression)).toEqual(['[', '  "/data/file"', ']']);
      expect(refused('restore', '-i', archive, '-n', 'd')).toContain('volume with name vol already exists. Use --ignore-volumes');
      scene.lines('rm', '-f', 'c');
      scene.lines('volume', 'rm', 'vol');
      const report = JSON.parse(scene.lines('container', 'restore', '-i', archive, '--print-stats').join(''));
      expect(Object.keys(report.container_statistics[0].criu_statistics)).toContain('restore_time');
      expect(scene.lines('exec', 'c', 'cat', '/new', '/vol/f', '/dev/shm/s')).toEqual(['new', 'kept', 'shm']);
      expect(scene.podman('exec', 'c', 'ls', '/data/file').code).toBe(1);
      // Under another name it can run twice.
      scene.lines('container', 'restore', '-i', archive, '-n', 'd', '--ignore-volumes');
      expect(scene.lines('ps', '--format', '{{.Names}}', '--sort', 'names')).toEqual(['c', 'd']);
      scene.lines('rm', '-fa', '-t', '0');
      scene.lines('volume', 'rm', 'vol');
    },
    120_000,
  );

  test.skipIf(!hasCriu)(
    'an image keeps a checkpoint',
    () => {
      scene.lines('run', '-d', '--name', 'c', '--net=none', image, 'sh', '-c', counts);
      scene.lines('container', 'checkpoint', '--leave-running', '--create-image', 'saved', 'c');
      expect(state('c')['Status']).toBe('running');
      const annotations = JSON.parse(scene.lines('image', 'inspect', '--format', '{{json .Annotations}}', 'saved')[0]!);
      expect(annotations).toMatchObject({ 'io.podman.annotations.checkpoint.name': 'c' });
      scene.lines('rm', '-f', '-t', '0', 'c');
      expect(scene.lines('container', 'restore', 'saved')).toHaveLength(1);
      expect(state('c')).toMatchObject({ Status: 'running', Restored: true });
    },
    60_000,
  );

  test.skipIf(!hasCriu)(
    'what was started with --rm is saved to a file only',
    async () => {
      scene.lines('run', '-d', '--rm', '--name', 'c', '--net=none', image, 'sh', '-c', counts);
      expect(refused('checkpoint', 'c')).toContain(
        "cannot checkpoint containers that have been started with '--rm' unless '--export' is used",
      );
      const archive = join(scene.directory, 'rm.tar.zst');
      scene.lines('container', 'checkpoint', '--export', archive, 'c');
      await expect.poll(() => scene.podman('container', 'exists', 'c').code, { timeout: 10_000 }).toBe(1);
      scene.lines('container', 'restore', '-i', archive);
      expect(state('c')['Status']).toBe('running');
    },
    60_000,
  );

  test('an archive with links is refused, and leaves nothing', () => {
    const tree = mkdtempSync(join(scene.directory, 'hostile-'));
    symlinkSync('/etc/passwd', join(tree, 'ctr.log'));
    const archive = join(scene.directory, 'hostile.tar');
    execFileSync('tar', ['-C', tree, '-cf', archive, '.']);
    expect(refused('restore', '-i', archive)).toContain('holds "ctr.log", which is no plain file');
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });
});

/** Lines of a file in an archive. */
function tarred(archive: string, name: string, compression = 'none'): string[] {
  const flags = compression === 'none' ? [] : [`--${compression}`];
  return execFileSync('tar', [...flags, '-xOf', join(scene.directory, archive), name], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}
