import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('exec', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox('bb', () => {}, 'ENV FROM=image');
    scene.lines('run', '-d', '--net=none', '--name', 'c', '-e', 'A=1', '-w', '/tmp', 'bb', 'sleep', '1000');
  });
  afterAll(() => scene[Symbol.dispose]());

  it('carries streams and the exit code', () => {
    expect(scene.podman('exec', 'c', 'sh', '-c', 'echo out; echo err >&2; exit 9')).toEqual({ code: 9, out: 'out\n', err: 'err\n' });
  });

  it('carries a stream of any bytes whole, the detach keys among them', () => {
    const bytes = randomBytes(3_000_000);
    const { out } = scene.run('podman', ['exec', '-i', 'c', 'sh', '-c', 'cat > /tmp/copy; busybox md5sum /tmp/copy'], { input: bytes });
    expect(out.split(' ')[0]).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  it('has the environment, directory and user that were asked for', () => {
    expect(scene.lines('exec', '-e', 'B=2', '-w', '/data', '-u', 'user', 'c', 'sh', '-c', 'echo $FROM $A $B $PWD; id -un; id -G')).toEqual([
      'image 1 2 /data',
      'user',
      '1000 10',
    ]);
  });

  it.each([
    [127, ['c', 'no-such-command']],
    [126, ['c', '/etc/passwd']],
    [125, ['-d', 'c', 'no-such-command']],
    [125, ['nobody', 'true']],
  ])('exits with %i when it cannot be done', (code, args) => expect(scene.podman('exec', ...args).code).toBe(code));

  it('leaves no session behind', () => {
    for (let times = 0; times < 5; times++) scene.lines('exec', 'c', 'true');
    expect(scene.lines('inspect', '-f', '{{len .ExecIDs}}', 'c')).toEqual(['0']);
    const [directory] = scene.lines('inspect', '-f', '{{.StaticDir}}', 'c');
    expect(readdirSync(directory!).filter((name) => name.length === 64)).toEqual([]);
  });

  it('S20: gives no descriptor of ours away', () => {
    expect(scene.lines('exec', 'c', 'ls', '/proc/self/fd').join(' ')).toMatch(/^0 1 2 3$/);
  });
});
