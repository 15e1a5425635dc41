import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { containerLeftovers } from './leftovers.ts';

/** As on a kernel that cannot show files through a mapping: their owners have to be changed. */
const env = { ...process.env, _CONTAINERS_OVERLAY_DISABLE_IDMAP: 'yes' };

describe.skipIf(!canRun)('R10: a change of owners for a user namespace that is cut off', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox('many', (tree) => {
      mkdirSync(join(tree, 'many'));
      for (let at = 0; at < 4000; at++) writeFileSync(join(tree, 'many', `f${at}`), 'x'.repeat(at));
    });
  });
  afterAll(() => scene[Symbol.dispose]());

  const mapped = ['run', '--rm', '--net=none', '--uidmap', '0:200000:5000', 'many', 'sh', '-c', 'stat -c %u /many/f* | uniq -c'];

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'by %s at any moment leaves nothing half done',
    async (signal) => {
      for (const delay of [100, 200, 400, 800]) {
        const [command, ...words] = scene.command('podman', mapped);
        const child = spawn(command!, words, { stdio: 'ignore', env });
        const timer = setTimeout(() => child.kill(signal), delay);
        await new Promise((resolve) => child.on('close', resolve));
        clearTimeout(timer);
        scene.lines('rm', '-fa', '-t', '0');
      }
      const { code, out, err } = scene.run('podman', mapped, { env });
      // What a kill left is removed by whoever comes next, who says so.
      expect({ code, out: out.trim(), err }).toEqual({ code: 0, out: '4000 0', err: expect.stringMatching(/^(.*incomplete layer.*\n)?$/) });
      scene.lines('rm', '-fa', '-t', '0');
      expect(containerLeftovers(scene.root, scene.runroot, [])).toEqual([]);
      expect(scene.podman('system', 'check', '-q').code).toBe(0);
    },
    60_000,
  );

  it('the second container of the same mapping finds it done', () => {
    expect(scene.run('podman', mapped, { env }).code).toBe(0);
    const start = performance.now();
    expect(scene.run('podman', mapped, { env }).code).toBe(0);
    const second = performance.now() - start;
    const plainStart = performance.now();
    expect(scene.once('many', 'true').code).toBe(0);
    expect(second).toBeLessThan(3 * (performance.now() - plainStart) + 500);
  }, 60_000);
});
