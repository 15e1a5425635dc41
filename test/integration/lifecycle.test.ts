import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('the life of a container', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());

  const stateOf = (name: string, field = 'Status') => scene.lines('inspect', '-f', `{{.State.${field}}}`, name)[0];
  const sleeper = (name: string, ...flags: string[]) =>
    scene.lines('run', '-d', '--net=none', '--name', name, ...flags, 'bb', 'sleep', '1000')[0]!;

  it('goes from created to exited and back', () => {
    scene.lines('create', '--net=none', '--name', 'c', 'bb', 'sh', '-c', 'exit 3');
    expect(stateOf('c')).toBe('created');
    expect(scene.lines('init', 'c')).toEqual(['c']);
    expect(stateOf('c')).toBe('initialized');
    scene.lines('start', 'c');
    expect(scene.lines('wait', 'c')).toEqual(['3']);
    expect(stateOf('c', 'ExitCode')).toBe('3');
    expect(scene.podman('start', '-a', 'c').code).toBe(3);
  });

  it('refuses to remove what runs, with exit code 2, and removes it by force', () => {
    const id = sleeper('c');
    const refused = scene.podman('rm', 'c');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`cannot remove container ${id} as it is running`);
    expect(scene.lines('rm', '-f', '-t', '0', 'c')).toEqual(['c']);
    expect(scene.podman('rm', 'c').code).toBe(1);
    expect(scene.podman('rm', '-f', 'c').code).toBe(0);
  });

  it('stops by the stop signal first', () => {
    scene.lines('run', '-d', '--net=none', '--name', 'c', 'bb', 'sh', '-c', 'trap "exit 42" TERM; echo READY; while :; do sleep 0.1; done');
    while (!scene.lines('logs', 'c').includes('READY'));
    expect(scene.lines('stop', 'c')).toEqual(['c']);
    expect(stateOf('c', 'ExitCode')).toBe('42');
    expect(stateOf('c', 'StoppedByUser')).toBe('true');
  });

  it('pauses, renames and kills', () => {
    sleeper('c');
    scene.lines('pause', 'c');
    expect(stateOf('c')).toBe('paused');
    scene.lines('unpause', 'c');
    scene.lines('rename', 'c', 'd');
    expect(scene.lines('ps', '--format', '{{.Names}}')).toEqual(['d']);
    scene.lines('kill', 'd');
    expect(stateOf('d', 'ExitCode')).toBe('137');
    expect(scene.podman('kill', 'd').err).toContain('can only kill running containers');
  });

  it('starts again by its restart policy, as often as that says', () => {
    scene.lines('run', '-d', '--net=none', '--name', 'c', '--restart', 'on-failure:2', 'bb', 'false');
    for (let tries = 0; tries < 100 && scene.lines('inspect', '-f', '{{.RestartCount}} {{.State.Status}}', 'c')[0] !== '2 exited'; tries++);
    expect(scene.lines('inspect', '-f', '{{.RestartCount}}', 'c')).toEqual(['2']);
  });

  it('R06: tells the truth after conmon was killed', () => {
    sleeper('c');
    process.kill(Number(stateOf('c', 'ConmonPid')), 'SIGKILL');
    const pid = Number(stateOf('c', 'Pid'));
    expect(stateOf('c')).toBe('running');
    process.kill(pid, 'SIGKILL');
    for (let tries = 0; tries < 50 && stateOf('c') === 'running'; tries++);
    expect(['stopped', 'exited']).toContain(stateOf('c'));
    expect(scene.lines('rm', '-f', 'c')).toEqual(['c']);
  });

  it('R01: leaves nothing when the waiting run is killed and the container ends later', async () => {
    const tool = spawn(
      process.env['SELKIE'] ?? 'dist/selkie',
      [...scene.store('podman'), 'run', '--rm', '--net=none', '--name', 'c', 'bb', 'sleep', '1'],
      { stdio: 'ignore' },
    );
    while (scene.lines('ps', '-q').length === 0);
    tool.kill('SIGKILL');
    for (let tries = 0; tries < 100 && scene.lines('ps', '-aq').length > 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });

  it('copies in and out, by name and by content', () => {
    sleeper('c');
    const file = join(scene.directory, 'file');
    writeFileSync(file, 'text');
    scene.lines('cp', file, 'c:/tmp/new');
    expect(scene.lines('exec', 'c', 'cat', '/tmp/new')).toEqual(['text']);
    scene.lines('cp', 'c:/data/.', join(scene.directory, 'out'));
    expect(readFileSync(join(scene.directory, 'out/file'), 'utf8')).toBe('from the image\n');
    expect(scene.podman('cp', 'c:/none', '.').err).toContain('"/none" could not be found on container c');
  });

  it('S24: a link in the container leads nowhere else', () => {
    sleeper('c');
    scene.lines('exec', 'c', 'sh', '-c', 'ln -s /etc/hostname /tmp/link; ln -s /root /tmp/dir');
    const file = join(scene.directory, 'evil');
    writeFileSync(file, 'evil');
    scene.lines('cp', file, 'c:/tmp/dir/evil');
    expect(scene.lines('exec', 'c', 'cat', '/root/evil')).toEqual(['evil']);
    expect(() => readFileSync('/root/evil')).toThrow();
  });

  it('writes events that can be filtered', () => {
    const id = sleeper('c', '--label', 'k=v');
    const events = scene.lines('events', '--stream=false', '--filter', `container=${id}`, '--format', '{{.Status}} {{.Name}}');
    expect(events).toEqual(['create c', 'init c', 'start c']);
  });

  it('commits what changed', () => {
    scene.lines('run', '--net=none', '--name', 'c', 'bb', 'sh', '-c', 'echo changed > /x');
    scene.lines('commit', '-q', '-c', 'CMD ["cat","/x"]', 'c', 'committed');
    expect(scene.once('committed').out).toBe('changed\n');
    expect(scene.lines('diff', 'c')).toContain('A /x');
  });

  it('tells what differs between containers and images', () => {
    scene.lines('run', '--net=none', '--name', 'c', 'bb', 'sh', '-c', 'echo changed > /x');
    scene.lines('create', '--net=none', '--name', 'other', 'bb');
    expect(scene.lines('diff', 'c', 'other')).toContain('A /x');
    expect(scene.lines('diff', 'bb', 'c')).toContain('D /x');
    expect(scene.lines('diff', 'c', 'bb')).toContain('A /x');
    expect(scene.podman('container', 'diff', 'c', 'bb')).toMatchObject({ code: 125, err: 'Error: bb not found: container not known\n' });
    expect(scene.podman('diff', 'c', 'nosuch')).toMatchObject({ code: 125, err: 'Error: nosuch not found: layer not known\n' });
  });
});
