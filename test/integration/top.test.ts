import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

let scene: ContainerScene;
const hasPs = Bun.which('ps') !== null;

describe.skipIf(!canRun)('top', () => {
  beforeAll(() => {
    scene = new ContainerScene();
    const image = scene.busybox();
    scene.lines('run', '-d', '--name', 'c', '--net=none', image, 'sleep', '1000');
    scene.lines('run', '-d', '--name', 'traced', '--net=none', '--cap-add=SYS_PTRACE', image, 'sleep', '1001');
    scene.lines('create', '--name', 'idle', image);
  });
  afterAll(() => scene?.[Symbol.dispose]());

  test('shows descriptors of its own', () => {
    expect(scene.lines('top', 'c', 'pid', 'args').map((line) => line.trim())).toEqual(['PID         COMMAND', '1           sleep 1000']);
    expect(scene.lines('top', 'c', 'pid,args')).toHaveLength(2);
  });

  test.skipIf(!hasPs)("runs the host's ps(1) among the container's processes", () => {
    // The container's, of busybox, has no such format, and another heading.
    const lines = scene.lines('top', 'c', '-eo', 'pid,sz,args');
    expect(lines[0]!.trim().split(/\s+/)).toEqual(['PID', 'SZ', 'COMMAND']);
    expect(lines[1]).toMatch(/^\s+1 .* sleep 1000$/);
    expect(scene.lines('top', 'c', '-o pid,comm')[1]!.trim().split(/\s+/)).toEqual(['1', 'sleep']);
    const { code, err } = scene.podman('top', 'c', '--no-such-option');
    expect(code).toBe(125);
    expect(err).toMatch(/^Error: ps\(1\) failed with exit code 1: error: /);
  });

  test('S29: nothing of the host runs where processes could trace it', () => {
    // busybox's ps answers: the container's own.
    expect(scene.lines('top', 'traced', '-o', 'pid,args')[0]).toMatch(/^PID\s+COMMAND$/);
  });

  test('of what does not run is refused', () => {
    expect(scene.podman('top', 'idle').err).toBe('Error: top can only be used on running containers\n');
  });
});

describe.skipIf(!canRun)('clone', () => {
  test('refuses names that are none, and ports that its pod would have to have', () => {
    using own = new ContainerScene();
    const image = own.busybox();
    own.lines('create', '--name', 'plain', image);
    own.lines('create', '--name', 'ports', '-p', '1234:80', image);
    own.lines('pod', 'create', '--name', 'p');
    expect(own.podman('container', 'clone', 'plain', 'bad/name').err).toContain(
      'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
    );
    expect(own.podman('container', 'clone', '--pod', 'p', 'ports', 'x').err).toContain(
      'published or exposed ports must be defined when the pod is created',
    );
    own.lines('container', 'clone', '--pod', 'p', 'plain', 'member');
    expect(own.lines('inspect', '--format', '{{.HostConfig.NetworkMode}}', 'member')[0]).toMatch(/^container:/);
  });
});
