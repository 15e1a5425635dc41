import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

// With systemd its timers do what is tested here.
describe.skipIf(!canRun || existsSync('/run/systemd/system'))('health checks without systemd', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());

  const start = (...flags: string[]): string =>
    scene.lines('run', '-d', '--net=none', '--name', 'c', '--health-interval', '1s', ...flags, 'bb', 'sleep', '300')[0]!;
  const show = (format: string): string => scene.lines('inspect', '--format', format, 'c')[0]!;
  const keeper = (id: string): number =>
    Number(readFileSync(join(scene.runroot, 'overlay-containers', id, 'userdata/health-schedule'), 'utf8').split(' ')[2]);

  it('run in their interval until the container has ended', async () => {
    const id = start('--health-cmd', 'test -e /ok', '--health-retries', '2');
    scene.lines('wait', '--condition', 'unhealthy', 'c');
    expect(Number(show('{{.State.Health.FailingStreak}}'))).toBeGreaterThanOrEqual(2);
    scene.lines('exec', 'c', 'touch', '/ok');
    scene.lines('wait', '--condition', 'healthy', 'c');
    expect(scene.lines('ps', '--format', '{{.Status}}')[0]).toContain('(healthy)');
    const pid = keeper(id);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    scene.lines('stop', '-t', '0', 'c');
    await expect.poll(() => existsSync(`/proc/${pid}/exe`)).toBe(false);
  });

  it('write their log into the directory that was asked for, in the keys of podman', () => {
    const id = scene.lines(
      ...['create', '--net=none', '--name', 'c', '--health-cmd', 'echo fine', '--health-interval', 'disable'],
      ...['--health-log-destination', scene.directory, 'bb', 'sleep', '300'],
    )[0]!;
    scene.lines('start', 'c');
    scene.lines('healthcheck', 'run', 'c');
    const log = JSON.parse(readFileSync(join(scene.directory, `${id}-healthcheck.log`), 'utf8'));
    expect(log).toMatchObject({ Status: 'healthy', FailingStreak: 0 });
    expect(log.Log.at(-1)).toMatchObject({ ExitCode: 0, Output: 'fine\n' });
  });

  it('rest while the container is paused', () => {
    const id = start('--health-cmd', 'true');
    scene.lines('wait', '--condition', 'healthy', 'c');
    scene.lines('pause', 'c');
    expect(() => keeper(id)).toThrow();
    scene.lines('unpause', 'c');
    scene.lines('wait', '--condition', 'healthy', 'c');
  });

  it('give way to the regular check when the startup check has passed', () => {
    start('--health-cmd', 'echo regular', '--health-startup-cmd', 'echo startup', '--health-startup-interval', '1s');
    scene.lines('wait', '--condition', 'healthy', 'c');
    let output = '';
    for (let tries = 0; tries < 50 && !output.includes('regular'); tries++) output = show('{{json .State.Health.Log}}');
    expect(output).toMatch(/startup.*regular/);
  });

  it.each([
    ['kill', 'exited'],
    ['stop', 'exited'],
  ])('%s an unhealthy container', (action, state) => {
    start('--health-cmd', 'false', '--health-retries', '1', '--health-on-failure', action, '--stop-timeout', '0');
    scene.lines('wait', 'c');
    expect(show('{{.State.Status}}')).toMatch(new RegExp(`${state}|stopped`));
  });

  it('restart an unhealthy container', () => {
    start('--health-cmd', 'false', '--health-retries', '1', '--health-on-failure', 'restart', '--stop-timeout', '0');
    let count = 0;
    for (let tries = 0; tries < 60 && count === 0; tries++) count = Number(show('{{.RestartCount}}'));
    expect(count).toBeGreaterThan(0);
  });
});
