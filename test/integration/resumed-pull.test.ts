import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageServer } from '../fixtures/image-server.ts';
import { type Outcome, Scene } from './image-fixture.ts';

const size = 8 << 20;
let scene: Scene;
let server: ImageServer;
let name: string;
beforeEach(async () => {
  scene = new Scene();
  server = new ImageServer(size);
  name = await server.listen();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  scene[Symbol.dispose]();
});

const downloads = () => join(scene.root, 'downloads');
const part = () => join(downloads(), `${server.layerDigest.slice('sha256:'.length)}.part`);
const kept = () => (existsSync(part()) ? statSync(part()).size : 0);

/** Begins a pull; the server runs in this process, so nothing may block it. */
function start(...more: string[]) {
  const [command, ...args] = scene.command('podman', ['pull', '--retry', '0', '--tls-verify=false', ...more, name]);
  const child = spawn(command!, args);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const outcome = once(child, 'close').then(([code]): Outcome => ({ code: code as number, out, err }));
  return { child, outcome };
}

/** A pull that gets so much of the layer and is killed then. */
async function interrupt(length: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const before = kept();
  const stalled = Promise.withResolvers<void>();
  server.onLayer = (request, response) => {
    void server.stallAfter(request, response, length).then(stalled.resolve);
    return true;
  };
  const { child, outcome } = start();
  await stalled.promise;
  while (kept() < before + length) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill(signal);
  await outcome;
  server.onLayer = () => false;
}

async function expectPulled(): Promise<void> {
  const { code, err } = await start().outcome;
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  const [layer] = readdirSync(join(scene.root, 'overlay')).filter((each) => /^[0-9a-f]{64}$/.test(each));
  const diff = join(scene.root, 'overlay', layer!, 'diff');
  expect(statSync(join(diff, 'big')).size).toBe(size);
  expect(readFileSync(join(diff, 'etc/small'), 'utf8')).toBe('small');
  expect(readdirSync(downloads())).toEqual([]);
}

describe('a pull that is interrupted', () => {
  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('by %s goes on where it stopped, in another process', async (signal) => {
    await interrupt(3 << 20, signal);
    const had = kept();
    expect(had).toBeGreaterThan(0);
    expect(statSync(part()).mode & 0o777).toBe(0o600);
    expect(statSync(downloads()).mode & 0o777).toBe(0o700);
    await expectPulled();
    expect(server.layerRanges).toEqual(['', `bytes=${had}-`]);
  });

  it('several times over loads nothing twice', async () => {
    await interrupt(2 << 20);
    const first = kept();
    await interrupt(2 << 20);
    const second = kept();
    expect(second).toBeGreaterThan(first);
    await expectPulled();
    expect(server.layerRanges).toEqual(['', `bytes=${first}-`, `bytes=${second}-`]);
  });

  it('by the network, at any place, goes on within the same pull', async () => {
    let cuts = 0;
    server.onLayer = (request, response) => {
      if (++cuts > 3) return false;
      void server.stallAfter(request, response, 1 << 20).then(() => setTimeout(() => response.destroy(), 100));
      return true;
    };
    await expectPulled();
    expect(server.layerRanges.length).toBe(4);
    expect(server.layerRanges.slice(1).every((range) => range.startsWith('bytes='))).toBe(true);
  });

  it('is seen in `system df`, and goes with `system prune`', async () => {
    await interrupt(3 << 20);
    expect(scene.podman('system', 'df').out).toMatch(/^Interrupted Pulls +1 +0 +\S+MB +\S+MB \(100%\)$/m);
    expect(scene.podman('system', 'df', '-v').out).toContain(server.layerDigest.slice(7, 19));
    const { out } = scene.podman('system', 'prune', '--force');
    expect(out).toContain(`Deleted Downloads\n${server.layerDigest}\n`);
    expect(readdirSync(downloads())).toEqual([]);
    expect(scene.podman('system', 'df').out).not.toContain('Interrupted');
  });

  it('leaves nothing for ever: what is old goes with the next pull', async () => {
    mkdirSync(downloads(), { recursive: true, mode: 0o700 });
    const old = join(downloads(), `${'a'.repeat(64)}.part`);
    writeFileSync(old, 'x', { mode: 0o600 });
    utimesSync(old, 1e9, 1e9);
    await expectPulled();
  });

  it('of which all had come asks for nothing more', async () => {
    mkdirSync(downloads(), { recursive: true, mode: 0o700 });
    writeFileSync(part(), server.layer, { mode: 0o600 });
    await expectPulled();
    expect(server.layerRanges).toEqual([]);
  });

  it('at a registry without ranges loads all again', async () => {
    await interrupt(3 << 20);
    server.knowsRanges = false;
    await expectPulled();
    expect(server.layerRanges).toHaveLength(2);
  });
});

describe('what is kept is not trusted', () => {
  it.each([
    ['other bytes', () => Buffer.alloc(3 << 20, 'poison')],
    ['a beginning that decompresses, and lies', () => Buffer.concat([server.layer.subarray(0, 1 << 20), Buffer.alloc(1 << 20, 7)])],
    ['all bytes but one', () => Buffer.from(server.layer.with(server.layer.length - 100, server.layer.at(-100)! ^ 1))],
    ['more than the blob has', () => Buffer.concat([server.layer, Buffer.alloc(10)])],
  ])('%s: loaded once more from the beginning', async (_, poison) => {
    mkdirSync(downloads(), { recursive: true, mode: 0o700 });
    writeFileSync(part(), poison(), { mode: 0o600 });
    await expectPulled();
    expect(server.layerRanges.filter((range) => range === '')).toHaveLength(1);
    expect(server.layerRanges.length).toBeLessThanOrEqual(2);
  });

  it('a file or directory that others may write to is not used', async () => {
    mkdirSync(downloads(), { recursive: true, mode: 0o700 });
    writeFileSync(part(), server.layer);
    chmodSync(part(), 0o666);
    await expectPulled();
    expect(server.layerRanges).toEqual(['']);
    scene.podman('rmi', '-f', name);
    chmodSync(downloads(), 0o777);
    writeFileSync(part(), server.layer.subarray(0, 1 << 20), { mode: 0o600 });
    expect((await start().outcome).code).toBe(0);
    expect(server.layerRanges).toEqual(['', '']);
  });

  it('a link is not followed', async () => {
    mkdirSync(downloads(), { recursive: true, mode: 0o700 });
    const victim = join(scene.directory, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, part());
    await expectPulled();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  it('a layer that is wrong at the registry fails once, and is not kept', async () => {
    const wrong = Buffer.from(server.layer.with(server.layer.length - 100, server.layer.at(-100)! ^ 1));
    server.onLayer = (request, response) => {
      server.sendLayer(request, response, wrong);
      return true;
    };
    const { code, err } = await start().outcome;
    expect([code, err]).toEqual([125, expect.stringMatching(/digest|gzip|unpacking failed/)]);
    server.onLayer = () => false;
    await expectPulled();
  });
});

describe('a pull that fills the disk', () => {
  const asRoot = it.runIf(process.getuid!() === 0);

  asRoot('says so, and goes on from what it had once there is room', async () => {
    mkdirSync(scene.root);
    const mount = (...args: string[]) => spawnSync('mount', ['-t', 'tmpfs', ...args, 'tmpfs', scene.root]);
    expect(mount('-o', `size=${size + (size >> 1)}`).status).toBe(0);
    try {
      const { code, err } = await start().outcome;
      expect({ code, err }).toEqual({ code: 125, err: expect.stringContaining('no space left on device') });
      const had = kept();
      expect(had).toBeGreaterThan(0);
      expect(existsSync(join(scene.root, 'overlay/tempdirs')) ? readdirSync(join(scene.root, 'overlay/tempdirs')) : []).toEqual([]);
      expect(mount('-o', 'remount,size=100m').status).toBe(0);
      server.seen.length = 0;
      await expectPulled();
      expect(server.layerRanges).toEqual(had === server.layer.length ? [] : [`bytes=${had}-`]);
      expect(existsSync(downloads()) ? readdirSync(downloads()) : []).toEqual([]);
    } finally {
      spawnSync('umount', ['-R', join(scene.root, 'overlay')]);
      spawnSync('umount', [scene.root]);
    }
  });
});
