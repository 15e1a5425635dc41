import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const map = (text: string): number[] => text.trim().split(/\s+/).map(Number);

describe.skipIf(!canRun)('user namespaces', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => {
    scene.podman('pod', 'rm', '-fa', '-t', '0');
    scene.podman('rm', '-fa', '-t', '0');
  });
  afterAll(() => scene[Symbol.dispose]());

  it("are a pod's, and its containers take no other", () => {
    scene.lines('pod', 'create', '--name', 'p', '--network', 'none', '--uidmap', '0:100000:5000');
    const [line] = scene.lines('run', '--rm', '--pod', 'p', 'bb', 'cat', '/proc/self/uid_map');
    expect(map(line!)).toEqual([0, 100000, 5000]);
    for (const flag of [
      ['--userns', 'auto'],
      ['--uidmap', '0:0:5'],
    ]) {
      expect(scene.podman('create', '--pod', 'p', ...flag, 'bb', 'true').err).toBe(
        'Error: cannot set user namespace mode when joining pod with infra container: invalid argument\n',
      );
    }
  });

  it("are another container's, with a network that they may set up", () => {
    scene.lines('run', '-d', '--net=none', '--name', 'c', '--uidmap', '0:100000:5000', 'bb', 'sleep', '300');
    const [line] = scene.lines('run', '--rm', '--userns', 'container:c', 'bb', 'cat', '/proc/self/uid_map');
    expect(map(line!)).toEqual([0, 100000, 5000]);
  });

  it.each([
    [['--uidmap', '0:0:0'], 'must provide at least one UID or GID mapping to configure a user namespace'],
    [
      ['--uidmap', '0:100000:10', '--uidmap', '5:200000:10'],
      'creating container storage: the specified UID and/or GID mapping 5:200000:10 conflicts with other mappings: invalid mappings specified',
    ],
    [
      ['--uidmap', '0:100000:10', '--user', '50'],
      "container uses ID mappings ([]specs.LinuxIDMapping{specs.LinuxIDMapping{ContainerID:0x0, HostID:0x186a0, Size:0xa}}), but doesn't map UID 50",
    ],
  ])('are refused as %j', (flags, message) => {
    expect(scene.once(...flags, 'bb', 'true').err).toBe(`Error: ${message}\n`);
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });

  it("let an overlaid root belong to the container's user", () => {
    const [id] = scene.lines('create', '--net=none', 'bb');
    const [mounted] = scene.lines('mount', id!);
    for (const user of ['0', '7']) {
      const run = ['run', '--rm', '--net=none', '--user', user, '--rootfs', `${mounted}:O`, '/bin/stat', '-c', '%u', '/'];
      expect(scene.lines(...run)).toEqual([user]);
    }
  });
});
