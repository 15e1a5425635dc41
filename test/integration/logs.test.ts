import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('logs', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());

  const ended = (script: string) => scene.podman('run', '--net=none', '--name', 'c', 'bb', 'sh', '-c', script);

  it('shows both streams, the last lines, and times', () => {
    ended('for i in 1 2 3; do echo line $i; done; echo oops >&2');
    const { out, err } = scene.podman('logs', 'c');
    expect(out).toBe('line 1\nline 2\nline 3\n');
    expect(err).toBe('oops\n');
    expect(scene.podman('logs', '--tail', '2', 'c').out).toBe('line 3\n');
    expect(scene.podman('logs', '--tail', '0', 'c').out).toBe('');
    expect(scene.lines('logs', '-t', 'c')[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\S* line 1$/);
  });

  it('keeps the parts of a long line together', () => {
    ended('busybox printf "%020000d" 7; echo; echo end');
    expect(scene.lines('logs', 'c').map((line) => line.length)).toEqual([20000, 3]);
    expect(scene.lines('logs', '--tail', '2', 'c').map((line) => line.length)).toEqual([20000, 3]);
  });

  it('follows until the container has ended', async () => {
    scene.lines('run', '-d', '--net=none', '--name', 'c', 'bb', 'sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.2; done');
    const follower = spawn(process.env['SELKIE'] ?? 'dist/selkie', [...scene.store('podman'), 'logs', '-f', 'c'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of follower.stdout) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('1\n2\n3\n');
  });

  it('chooses by time', () => {
    ended('echo now');
    expect(scene.podman('logs', '--since', '1h', 'c').out).toBe('now\n');
    expect(scene.podman('logs', '--until', '2020-01-01', 'c').out).toBe('');
    // A duration for the end lies ahead.
    expect(scene.podman('logs', '--until', '1h', 'c').out).toBe('now\n');
    expect(scene.podman('logs', '--since', 'never', 'c').code).toBe(125);
  });

  it('has nothing to show of a driver that keeps nothing', () => {
    scene.podman('run', '--net=none', '--name', 'c', '--log-driver', 'none', 'bb', 'echo', 'x');
    expect(scene.podman('logs', 'c').err).toContain("this container is using the 'none' log driver, cannot read logs");
  });
});
