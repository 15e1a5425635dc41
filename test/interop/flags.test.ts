import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { type Outcome, outcome } from '../integration/image-fixture.ts';
import { comparableInspection } from './comparable-inspection.ts';
import { comparableSpec, type Json } from './comparable-spec.ts';
import { flagCases } from './flag-cases.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
// Other releases have other defaults: what is compared is the one that we follow.
const isThere = canRun && / 5\.8\./.test(spawnSync(real, ['--version'], { encoding: 'utf8' }).stdout ?? '');

type Tool = (...args: string[]) => Outcome;

/** What `create` and `init` of a command line lead to: the inspection and the runtime's spec, or the error. */
interface Made {
  inspection: Json;
  spec: Json;
}

describe.skipIf(!isThere)('a container made with each flag is the one that the real podman makes', () => {
  let scene: ContainerScene;
  const ours: Tool = (...args) => scene.podman(...args);
  const theirs: Tool = (...args) =>
    outcome(real, ['--root', scene.root, '--runroot', scene.runroot, ...args], { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' });

  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    const write = (name: string, text: string): void => writeFileSync(join(scene.directory, name), text);
    write('env', 'FROMFILE=yes\n# no\nOTHER=a b\n');
    write('labels', 'fromfile=label\n');
    write('hosts', '10.9.8.7 other.example\n');
    write('value', 'hidden');
    for (const [tool, own] of [
      [ours, 'ours'],
      [theirs, 'theirs'],
    ] as const) {
      tool('secret', 'create', 'known', join(scene.directory, 'value'));
      tool('create', '--net=none', '--name', `donor-${own}`, '-v', 'shared:/shared', '-v', '/tmp:/host:ro', 'bb', 'true');
      tool('pod', 'create', '--name', `pod-${own}`, '--share', 'uts,ipc');
    }
  }, 60_000);
  afterAll(() => {
    for (const tool of [ours, theirs]) {
      tool('pod', 'rm', '-fa', '-t', '0');
      tool('rm', '-fa', '-v', '-t', '0');
      tool('secret', 'rm', '-a');
    }
    scene[Symbol.dispose]();
  });

  /** Words in capitals stand for what is the tool's own. */
  function made(tool: Tool, own: string, line: string): Made | string {
    const flags = line
      .replaceAll('DIRECTORY', scene.directory)
      .replaceAll('OWN', own)
      .match(/"[^"]*"|\S+/g)!
      .map((word) => word.replaceAll('"', ''));
    const { out, err } = tool('create', ...flags);
    const id = out.trim().split('\n').at(-1)!;
    const told = (text: string): string =>
      text
        .replaceAll(own, 'OWN')
        .replaceAll(/time="[^"]*"/g, 'TIME')
        .replaceAll(/[0-9a-f]{64}/g, 'HEX64')
        .trim();
    if (!/^[0-9a-f]{64}$/.test(id)) return told(err);
    try {
      const text = tool('container', 'inspect', id).out;
      const [{ Name, Config }] = JSON.parse(text) as [{ Name: string; Config: { CreateCommand: string[] } }];
      const inspection = comparableInspection(text.replaceAll(own, 'OWN'), id, Name, Config.CreateCommand[0]!);
      const started = tool('init', id);
      if (started.code !== 0) return { inspection, spec: told(started.err.replaceAll(id, 'ID')) };
      const spec = readFileSync(join(scene.root, 'overlay-containers', id, 'userdata/config.json'), 'utf8');
      return { inspection, spec: comparableSpec(spec.replaceAll(own, 'OWN'), id) };
    } finally {
      tool('rm', '-f', '-v', '-t', '0', id);
    }
  }

  it.each(flagCases)('create %s', (line) => {
    expect(made(ours, 'ours', line)).toEqual(made(theirs, 'theirs', line));
  });
});
