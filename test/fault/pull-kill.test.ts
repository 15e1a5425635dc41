import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageServer } from '../fixtures/image-server.ts';
import { Scene } from '../integration/image-fixture.ts';

/**
 * PULL_KILLS=100 for the whole of it; SYSTEM_CHECK=podman has the store judged by a podman of 5.0 or later as well. A seed that fails is
 * given again with SEED.
 */
const rounds = Number(process.env['PULL_KILLS'] ?? 3);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const judge = process.env['SYSTEM_CHECK'];

let scene: Scene;
let server: ImageServer;
let name: string;
beforeAll(async () => {
  scene = new Scene();
  server = new ImageServer(6 << 20, 3);
  name = await server.listen();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  scene[Symbol.dispose]();
});

/** @param killAfter milliseconds @returns exit code, null when it was killed */
async function pull(killAfter?: number): Promise<{ code: number | null; err: string }> {
  const [command, ...args] = scene.command('podman', ['pull', '-q', '--tls-verify=false', name]);
  const child = spawn(command!, args);
  let err = '';
  child.stderr.on('data', (text) => (err += text));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, err };
}

/** mulberry32 */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function expectSound(): void {
  expect(scene.podman('system', 'check')).toMatchObject({ code: 0, out: '' });
  if (judge !== undefined) {
    const { status, stdout } = spawnSync(judge, [...scene.store('podman'), 'system', 'check'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  }
  for (const path of ['overlay/tempdirs', 'overlay-layers/tmp', 'downloads']) {
    if (existsSync(join(scene.root, path))) expect([path, readdirSync(join(scene.root, path))]).toEqual([path, []]);
  }
  const [layers, images] = ['overlay-layers/layers.json', 'overlay-images/images.json'].map(
    (path) => JSON.parse(readFileSync(join(scene.root, path), 'utf8')) as { flags?: object }[],
  );
  expect([layers!.length, images!.length]).toEqual([4, 1]);
  expect(layers!.filter(({ flags }) => flags !== undefined)).toEqual([]);
}

describe('R01: a pull that is killed', () => {
  it(
    `at ${rounds} random moments (seed ${seed}), each time leaves a store in which the next one succeeds and nothing is damaged`,
    async () => {
      const random = randomNumbers(seed);
      const start = performance.now();
      expect(await pull()).toEqual({ code: 0, err: '' });
      const whole = performance.now() - start;
      expectSound();
      for (let killed = 0, round = 0; killed < rounds && round < 3 * rounds; round++) {
        scene.lines('rmi', '-f', name);
        const moment = random() * whole;
        if ((await pull(moment)).code === null) killed++;
        expect({ moment, ...(await pull()) }).toMatchObject({ moment, code: 0 });
        expectSound();
      }
    },
    rounds * 60_000,
  );
});
