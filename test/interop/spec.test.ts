import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { type Outcome, outcome } from '../integration/image-fixture.ts';
import { specCases } from './spec-cases.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
// Other releases have other defaults: what is compared is the one that we follow.
const isThere = canRun && / 5\.8\./.test(spawnSync(real, ['--version'], { encoding: 'utf8' }).stdout ?? '');

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

/** The spec with IDs named, empty things left out, and sorted where the order means nothing. */
function comparable(text: string, id: string): Json {
  const named = text
    .replaceAll(id, 'ID')
    .replaceAll(id.slice(0, 32), 'ID32')
    .replaceAll(id.slice(0, 12), 'SHORT')
    .replaceAll(/netns-[0-9a-f-]+/g, 'NETNS')
    .replaceAll(/volumes\/[0-9a-f]{64}/g, 'volumes/ANONYMOUS')
    .replaceAll(/"path":"[^"]*(merged|intermediate-mountpoint[^"]*)"/g, '"path":"ROOT"');
  return sorted(JSON.parse(named) as Json, '');
}

function sorted(value: Json, key: string): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, '')).filter((item) => item !== '');
    if (key === 'args' || key === 'syscalls') return items;
    const texts = items.map((item) => JSON.stringify(item));
    return [...new Set(texts)].sort().map((text) => JSON.parse(text) as Json);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'ociVersion')
    .map(([name, item]) => [name, sorted(item, name)] as const)
    .filter(([, item]) => !isEmpty(item));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isEmpty = (item: Json): boolean =>
  item === null || item === '' || item === 0 || (typeof item === 'object' && Object.keys(item).length === 0);

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
      return comparable(readFileSync(join(scene.root, 'overlay-containers', id, 'userdata/config.json'), 'utf8'), id);
    } finally {
      tool('rm', '-f', '-v', '-t', '0', id);
    }
  }

  it.each(specCases)('run %s', (line) => {
    const flags = words(line);
    expect(specOf((...args) => scene.podman(...args), flags)).toEqual(specOf(theirs, flags));
  });
});
