import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstExecutable } from '../../src/os/executables.ts';
import { type Outcome, outcome, Scene } from '../integration/image-fixture.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
const isThere =
  spawnSync(real, ['--version']).status === 0 &&
  firstExecutable(['/usr/lib/podman/netavark', '/usr/libexec/podman/netavark']) !== undefined;

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  // Versions before 5 keep to the other backend where it was used before.
  writeFileSync(join(scene.directory, 'containers.conf'), '[network]\nnetwork_backend = "netavark"\n');
});
afterEach(() => scene[Symbol.dispose]());

const networks = (): string[] => ['--network-config-dir', join(scene.directory, 'networks')];
const ours = (...args: string[]): Outcome => scene.podman(...networks(), 'network', ...args);
const theirs = (...args: string[]): Outcome =>
  outcome(real, ['--root', scene.root, '--runroot', scene.runroot, ...networks(), 'network', ...args], {
    ...process.env,
    CONTAINERS_CONF: join(scene.directory, 'containers.conf'),
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  });

const facts =
  '{{.Name}} {{.ID}} {{.Driver}} {{.NetworkInterface}} {{range .Subnets}}{{.Subnet}} {{.Gateway}} {{end}}{{.IPv6Enabled}} {{.Internal}} {{.DNSEnabled}} {{.Labels}} {{.Options}} {{.IPAMOptions}}';

const same = (...args: string[]): void => {
  const [mine, other] = [ours(...args), theirs(...args)];
  expect({ out: mine.out, code: mine.code }).toEqual({ out: other.out, code: other.code });
};

describe.skipIf(!isThere)('the real podman on the same networks', () => {
  it('sees the networks that we made as we do', () => {
    for (const flags of [
      ['one', '--label', 'a=b', '-o', 'mtu=1400'],
      ['two', '--subnet', '10.99.0.0/24', '--ip-range', '10.99.0.128/25', '--gateway', '10.99.0.9'],
      ['three', '--internal', '--ipv6'],
      ['four', '--disable-dns', '--subnet', 'fd99::/64'],
      ['five', '-d', 'macvlan', '-o', 'parent=lo'],
    ]) {
      expect(ours('create', ...flags.slice(1), flags[0]!)).toMatchObject({ code: 0, out: `${flags[0]}\n` });
      same('inspect', '--format', facts, flags[0]!);
    }
    same('ls', '--no-trunc');
    same('ls', '-q', '--filter', 'label=a=b');
    same('exists', 'nine');
  });

  it('makes and takes away in turns with us, and neither gives a subnet twice', () => {
    for (const [make, name] of [ours, theirs, ours, theirs].map((by, at) => [by, `n${at}`] as const)) {
      expect(make('create', name).code).toBe(0);
      same('inspect', '--format', facts, name);
    }
    const subnets = ours('ls', '--format', '{{range .Subnets}}{{.Subnet}}{{end}}').out.trim().split('\n');
    expect(new Set(subnets).size).toBe(5);
    expect(theirs('rm', 'n0').out).toBe('n0\n');
    expect(ours('rm', 'n1').out).toBe('n1\n');
    same('ls', '-q');
    same('exists', 'n0');
    same('exists', 'n1');
  });
});
