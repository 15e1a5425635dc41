import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const megabytes = 24;

/** Lines that are all different. */
function manyLines(): Buffer {
  const line = (at: number): string => `${at} ${'abcdefghij'.repeat(at % 13)}\n`;
  let text = '';
  for (let at = 0; text.length < megabytes << 20; at++) text += line(at);
  return Buffer.from(text);
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!canRun)('streams of many megabytes arrive whole', () => {
  let scene: ContainerScene;
  let file: string;
  let sum: string;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    file = join(scene.directory, 'lines');
    const lines = manyLines();
    writeFileSync(file, lines);
    sum = digest(lines);
    scene.lines('run', '-d', '--net=none', '--name', 'still', '-v', `${file}:/lines:ro`, 'bb', 'sleep', '1000');
  });
  afterAll(() => scene[Symbol.dispose]());

  /** Runs with a file as stdin and all of both outputs read through pipes. */
  function piped(args: string[], input?: string): Promise<{ code: number | null; out: Buffer; err: Buffer }> {
    const [command, ...words] = scene.command('podman', args);
    const stdin = openSync(input ?? '/dev/null', 'r');
    const child = spawn(command!, words, { stdio: [stdin, 'pipe', 'pipe'] });
    closeSync(stdin);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr!.on('data', (chunk: Buffer) => err.push(chunk));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err) })));
  }

  const mount = (): string[] => ['--net=none', '-v', `${file}:/lines:ro`];

  it.each([
    ['run', () => ['run', '--rm', ...mount(), 'bb', 'cat', '/lines'], false],
    ['exec', () => ['exec', 'still', 'cat', '/lines'], false],
    ['run --interactive', () => ['run', '--rm', '-i', '--net=none', 'bb', 'cat'], true],
    ['exec --interactive', () => ['exec', '-i', 'still', 'cat'], true],
  ] as const)(
    '%s',
    async (_name, args, fromStdin) => {
      const { code, out, err } = await piped([...args()], fromStdin ? file : undefined);
      expect([code, err.toString(), digest(out)]).toEqual([0, '', sum]);
    },
    60_000,
  );

  it('run into a file', () => {
    const target = join(scene.directory, 'target');
    const fd = openSync(target, 'w');
    const [command, ...words] = scene.command('podman', ['run', '--rm', ...mount(), 'bb', 'cat', '/lines']);
    const { exitCode } = Bun.spawnSync([command!, ...words], { stdout: fd });
    closeSync(fd);
    expect([exitCode, digest(readFileSync(target))]).toEqual([0, sum]);
  }, 60_000);

  it('stdout and stderr, each by itself', async () => {
    const script = 'cat /lines & cat /lines >&2; wait';
    const { out, err } = await piped(['exec', 'still', 'sh', '-c', script]);
    expect([digest(out), digest(err)]).toEqual([sum, sum]);
  }, 60_000);

  it('a reader that is slow at first slows the container down', async () => {
    const [command, ...words] = scene.command('podman', ['exec', 'still', 'cat', '/lines']);
    const child = spawn(command!, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout!.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]);
    expect(resident).toBeLessThan(120 << 10);
    const hash = createHash('sha256');
    for await (const chunk of child.stdout!) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(sum);
  }, 60_000);

  it('attach, logs --follow and logs', async () => {
    scene.lines('run', '-d', '-i', '--name', 'later', ...mount(), 'bb', 'sh', '-c', 'read go; cat /lines');
    const followed = piped(['logs', '-f', 'later']);
    const go = join(scene.directory, 'go');
    writeFileSync(go, 'go\n');
    const attached = await piped(['attach', 'later'], go);
    // As podman's, attach ends with a line end of its own.
    expect([attached.code, attached.err.toString(), digest(attached.out.subarray(0, -1))]).toEqual([0, '', sum]);
    expect(digest((await followed).out)).toBe(sum);
    expect(digest((await piped(['logs', 'later'])).out)).toBe(sum);
  }, 60_000);
});
