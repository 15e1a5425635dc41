import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';

interface Inspected {
  Id: string;
  Name: string;
  RestartCount: number;
  State: { Status: string; Pid: number; ConmonPid: number; ExitCode: number };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

describe.skipIf(!canRun)('R07: a reboot', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  const inspect = (...names: string[]): Inspected[] => JSON.parse(scene.podman('inspect', ...names).out) as Inspected[];

  /** Processes, mounts and the runroot are gone, as when the power was. */
  function reboot(): void {
    for (const { Id, State } of inspect(...scene.lines('ps', '-aq'))) {
      for (const pid of [State.ConmonPid, State.Pid]) if (pid > 0) process.kill(pid, 'SIGKILL');
      spawnSync('crun', ['delete', '--force', Id]);
    }
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '')
      .filter((path) => path.startsWith(`${scene.root}/`) || path.startsWith(`${scene.runroot}/`));
    for (const path of mounts.reverse()) spawnSync('umount', ['-l', path]);
    rmSync(scene.runroot, { recursive: true });
  }

  it('leaves every container exited and startable, with its data, and addresses free', () => {
    scene.lines('run', '-d', '--name', 'bridged', '--ip', '10.88.250.7', '--restart', 'always', 'bb', 'sleep', '300');
    scene.lines('run', '-d', '--net=none', '--name', 'busy', 'bb', 'sh', '-c', 'echo kept >> /kept; sleep 300');
    scene.lines('run', '-d', '--net=none', '--name', 'paused', 'bb', 'sleep', '300');
    scene.lines('exec', '-d', 'busy', 'sleep', '200');
    scene.lines('create', '--net=none', '--name', 'fresh', 'bb', 'true');
    scene.podman('run', '--net=none', '--name', 'over', 'bb', 'sh', '-c', 'exit 3');
    scene.lines('run', '-d', '--rm', '--net=none', '--name', 'passing', 'bb', 'sleep', '300');
    reboot();
    const states = scene.lines('ps', '-a', '--format', '{{.Names}} {{.State}}').sort();
    expect(states.filter((line) => !line.startsWith('passing'))).toEqual([
      'bridged exited',
      'busy exited',
      'fresh created',
      'over exited',
      'paused exited',
    ]);
    expect(inspect('over')[0]!.State.ExitCode).toBe(3);
    expect(scene.lines('inspect', '--format', '{{.State.Pid}} {{.State.ConmonPid}}', 'busy')).toEqual(['0 0']);
    expect(scene.lines('run', '--rm', '--ip', '10.88.250.7', 'bb', 'echo', 'free')).toEqual(['free']);
    // What a boot's unit runs.
    scene.lines('start', '--all', '--filter', 'restart-policy=always');
    expect(scene.lines('ps', '--format', '{{.Names}}')).toEqual(['bridged']);
    expect(inspect('bridged')[0]!.NetworkSettings.Networks['podman']!.IPAddress).toBe('10.88.250.7');
    scene.lines('start', 'busy', 'paused', 'fresh', 'over');
    expect(scene.lines('exec', 'busy', 'cat', '/kept')).toEqual(['kept', 'kept']);
    scene.lines('rm', '-fa', '-t', '0');
    expect(scene.lines('ps', '-aq')).toEqual([]);
  }, 60_000);

  it('--restart starts a container again as often as it may, though no command of ours is there', async () => {
    scene.lines('run', '-d', '--net=none', '--name', 'failing', '--restart', 'on-failure:2', 'bb', 'sh', '-c', 'echo run >> /runs; exit 4');
    await expect
      .poll(() => inspect('failing')[0], { timeout: 20_000 })
      .toMatchObject({ RestartCount: 2, State: { Status: 'exited', ExitCode: 4 } });
    scene.lines('cp', 'failing:/runs', `${scene.directory}/runs`);
    expect(readFileSync(`${scene.directory}/runs`, 'utf8')).toBe('run\nrun\nrun\n');
    scene.lines('run', '-d', '--net=none', '--name', 'always', '--restart', 'always', 'bb', 'sleep', '300');
    const [before] = inspect('always');
    process.kill(before!.State.Pid, 'SIGKILL');
    await expect.poll(() => inspect('always')[0], { timeout: 20_000 }).toMatchObject({ RestartCount: 1, State: { Status: 'running' } });
    expect(inspect('always')[0]!.State.Pid).not.toBe(before!.State.Pid);
    // The user's stop is final.
    scene.lines('stop', '-t', '0', 'always');
    expect(inspect('always')[0]!.State.Status).toBe('exited');
  }, 60_000);
});
