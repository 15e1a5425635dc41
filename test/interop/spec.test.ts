import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { type Outcome, outcome } from '../integration/image-fixture.ts';
import { comparableSpec, type Json } from './comparable-spec.ts';
import { specCases } from './spec-cases.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
// Other releases have other defaults: what is compared is the one that we follow.
const isThere = canRun && / 5\.8\./.test(spawnSync(real, ['--version'], { encoding: 'utf8' }).stdout ?? '');

const words = (line: string): string[] => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

describe.skipIf(!isThere)('the spec that the runtime gets is that of the real podman', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  const theirs = (...args: string[]): Outcome =>
    outcome(real, ['--root', scene.root, '--runroot', scene.runroot, ...args], { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' });

  function specOf(tool: (...args: string[]) => Outcome, flags: string[]): Json {
    const { out, err } = tool('run', '-d', ...flags, 'bb', 'sleep', '300');
    const id = out.trim();
    if (!/^[0-9a-f]{64}$/.test(id)) return err.trim().split('\n').at(-1) ?? '';
    try {
      return comparableSpec(readFileSync(join(scene.root, 'overlay-containers', id, 'userdata/config.json'), 'utf8'), id);
    } finally {
      tool('rm', '-f', '-v', '-t', '0', id);
    }
  }

  it.each(specCases)('run %s', (line) => {
    const flags = words(line);
    expect(specOf((...args) => scene.podman(...args), flags)).toEqual(specOf(theirs, flags));
  });
});
