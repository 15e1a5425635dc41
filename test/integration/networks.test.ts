import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';
import type { Outcome } from './image-fixture.ts';

/** Networks whose configuration lies in the scene, in subnets that nothing else here uses. */
describe.skipIf(!canRun)('networks on the command line', () => {
  let scene: ContainerScene;
  const podman = (...args: string[]): Outcome => scene.podman('--network-config-dir', join(scene.directory, 'networks'), ...args);
  const text = (...args: string[]): string => {
    const { code, out, err } = podman(...args);
    if (code !== 0) throw new Error(`podman ${args.join(' ')}: ${err}`);
    return out;
  };

  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => {
    podman('rm', '-fa', '-t', '0');
    podman('network', 'prune', '-f');
  });
  afterAll(() => scene[Symbol.dispose]());

  it('are JSON in templates as they are in their files', () => {
    text(
      'network',
      'create',
      '--subnet',
      '10.203.7.0/24',
      '--ip-range',
      '10.203.7.8-10.203.7.9',
      '--route',
      '10.204.0.0/16,10.203.7.3,7',
      'n',
    );
    expect(JSON.parse(text('network', 'inspect', '--format', '{{json .Subnets}}', 'n'))).toEqual([
      { subnet: '10.203.7.0/24', gateway: '10.203.7.1', lease_range: { start_ip: '10.203.7.8', end_ip: '10.203.7.9' } },
    ]);
    expect(text('network', 'inspect', '--format', '{{range .Routes}}{{.Destination}} {{.Metric}} {{json .}}{{end}}', 'n')).toBe(
      '10.204.0.0/16 7 {"destination":"10.204.0.0/16","gateway":"10.203.7.3","metric":7}\n',
    );
  });

  it('are made of an interface by the flag of old, with a warning', () => {
    const made = podman('network', 'create', '--macvlan', 'lo', 'mv');
    expect(made.err).toContain('The --macvlan option is deprecated, use `--driver macvlan --opt parent=<device>` instead');
    expect(text('network', 'inspect', '--format', '{{.Driver}} {{.NetworkInterface}}', 'mv')).toBe('macvlan lo\n');
  });

  it('stand in /etc/hosts of a running container while it is connected', () => {
    text('network', 'create', '--subnet', '10.203.8.0/24', 'one');
    text('network', 'create', '--subnet', '10.203.9.0/24', 'two');
    text('run', '-d', '--name', 'c', '--hostname', 'host', '--network', 'one:ip=10.203.8.5', 'bb', 'sleep', '300');
    const hosts = (): string[] =>
      text('exec', 'c', 'cat', '/etc/hosts')
        .split('\n')
        .filter((line) => line.endsWith('\thost c'));
    text('network', 'connect', '--ip', '10.203.9.5', 'two', 'c');
    expect(hosts()).toEqual(['10.203.8.5\thost c', '10.203.9.5\thost c']);
    text('network', 'disconnect', 'two', 'c');
    expect(hosts()).toEqual(['10.203.8.5\thost c']);
  });
});
