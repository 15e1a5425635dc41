import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const isRoot = process.getuid!() === 0;
const directory = mkdtempSync(join(tmpdir(), 'selkie-many-'));
const store = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
const port = 5071;
const image = 'localhost/selkie/hello';
const remote = `127.0.0.1:${port}/hello:1`;
let registry: ChildProcess | undefined;

const selkie = (...args: string[]) => spawnSync('dist/selkie', [...store, ...args], { encoding: 'utf8' });

function selkieAsync(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('dist/selkie', [...store, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** What is left of layers, mounts and temporary directories. */
function leftovers(): string[] {
  const root = store[1]!;
  const temporaries = ['overlay/tempdirs', 'overlay-layers/tmp'].flatMap((path) =>
    existsSync(join(root, path)) ? readdirSync(join(root, path)) : [],
  );
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${root}/`) && !line.includes(`${root}/overlay `));
  return [...temporaries, ...mounts];
}

async function startRegistry(): Promise<void> {
  const config = join(directory, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${join(directory, 'registry')}}}\nhttp: {addr: "127.0.0.1:${port}"}\nlog: {level: error}\n`,
  );
  registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/v2/`)).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('docker-registry did not start');
}

describe.runIf(isRoot)('many at once', () => {
  beforeAll(async () => {
    await startRegistry();
    expect(selkie('load', '-q', '-i', 'dist/hello.tar').status).toBe(0);
    expect(selkie('push', '-q', '--tls-verify=false', image, remote).status).toBe(0);
  });
  afterAll(() => {
    registry?.kill();
    selkie('rm', '-fa', '-t', '0');
    spawnSync('umount', ['-R', join(store[1]!, 'overlay')]);
    rmSync(directory, { recursive: true, force: true });
  });

  it('50 runs with --rm end right and leave nothing', async () => {
    const runs = await Promise.all(
      Array.from({ length: 50 }, (_, i) => selkieAsync('run', '--rm', '--network', 'none', image, 'echo', `run ${i}`)),
    );
    expect(runs.map(({ stderr }) => stderr).filter(Boolean)).toEqual([]);
    expect(runs.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 50 }, (_, i) => `run ${i}`));
    expect(selkie('ps', '-aq').stdout).toBe('');
    expect(leftovers()).toEqual([]);
  }, 180_000);

  it('20 pulls of one image end right, and the real podman finds the store sound', async () => {
    expect(selkie('rmi', '-fa').status).toBe(0);
    const pulls = await Promise.all(Array.from({ length: 20 }, () => selkieAsync('pull', '-q', '--tls-verify=false', remote)));
    expect(pulls.map(({ status, stderr }) => `${status}${stderr}`).filter((outcome) => outcome !== '0')).toEqual([]);
    expect(new Set(pulls.map(({ stdout }) => stdout.trim())).size).toBe(1);
    expect(leftovers()).toEqual([]);
    const layers = JSON.parse(readFileSync(join(store[1]!, 'overlay-layers/layers.json'), 'utf8')) as { flags?: unknown }[];
    expect(layers).toHaveLength(1);
    expect(layers[0]!.flags).toBeUndefined();
    const listed = spawnSync('podman', [...store, 'images', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' });
    expect(listed.stdout).toBe(`${remote}\n`);
  }, 180_000);

  it('a pull that is killed at any moment leaves a store that the next pull completes', async () => {
    for (let delay = 20; delay <= 220; delay += 20) {
      selkie('rmi', '-fa');
      const child = spawn('dist/selkie', [...store, 'pull', '-q', '--tls-verify=false', remote], { stdio: 'ignore', detached: true });
      await new Promise((resolve) => setTimeout(resolve, delay));
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It was done before.
      }
      const again = selkie('pull', '-q', '--tls-verify=false', remote);
      expect(again.status, `after ${delay} ms: ${again.stderr}`).toBe(0);
      expect(leftovers(), `after ${delay} ms`).toEqual([]);
      expect(selkie('run', '--rm', '--network', 'none', remote, 'true').status).toBe(0);
    }
  }, 180_000);
});
