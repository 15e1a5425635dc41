import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bucket, updateBoltFile } from '../../../src/network/bolt-file.ts';
import { allocateAddresses, assignedAddresses, foreignUsers, releaseAddresses, removeNetworkAddresses } from '../../../src/network/ipam.ts';
import type { Network, NetworkPaths } from '../../../src/network/types.ts';

let directory: string;
let paths: NetworkPaths;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-ipam-'));
  paths = { configDir: directory, runDir: join(directory, 'run'), lock: join(directory, 'lock') };
});
afterEach(() => rmSync(directory, { recursive: true }));

const network = (name: string, ...subnets: NonNullable<Network['subnets']>): Network => ({
  name,
  id: 'a'.repeat(64),
  driver: 'bridge',
  created: '',
  subnets,
  ipv6_enabled: false,
  internal: false,
  dns_enabled: true,
  ipam_options: { driver: 'host-local' },
});
const known = (...networks: Network[]) => new Map(networks.map((one) => [one.name, one]));
const eth = (staticIps?: string[]) => ({ interfaceName: 'eth0', staticIps });

describe('ipam.db of podman', () => {
  // Written by podman 5.8.6: A in "podman"; B in "dual" (two subnets) and "podman"; a third container in "podman" was removed.
  const A = '4d24791d841b3ea28764880661f2b5de2c56e48b8e2af788efd7b7f9fe67b1bf';
  const B = 'c9aafeca74b46cb0a2ff77cf6f88c3b98b298af66666af4f4a86867c704e554c';
  const podman = network('podman', { subnet: '10.88.0.0/16', gateway: '10.88.0.1' });
  const dual = network('dual', { subnet: '10.99.0.0/24', gateway: '10.99.0.1' }, { subnet: 'fd00:1::/64', gateway: 'fd00:1::1' });

  beforeEach(() => {
    mkdirSync(paths.runDir);
    writeFileSync(join(paths.runDir, 'ipam.db'), gunzipSync(readFileSync('test/fixtures/network/ipam.db.gz')));
  });

  it('is read', () => {
    expect(assignedAddresses(paths, A, ['podman', 'dual'])).toEqual({ podman: ['10.88.0.2'] });
    expect(assignedAddresses(paths, B, ['podman', 'dual'])).toEqual({ podman: ['10.88.0.3'], dual: ['10.99.0.2', 'fd00:1::2'] });
    expect(foreignUsers(paths, 'podman', [A])).toEqual([B]);
  });

  it('is continued: addresses in use are not given, the last one given counts', () => {
    const given = allocateAddresses(paths, known(podman, dual), 'mine', { podman: eth(), dual: eth() });
    expect(given['podman']!.staticIps).toEqual(['10.88.0.5']);
    expect(given['dual']!.staticIps).toEqual(['10.99.0.3', 'fd00:1::3']);
    expect(() => allocateAddresses(paths, known(podman), 'other', { podman: eth(['10.88.0.2']) })).toThrow(
      `IPAM error: requested ip address 10.88.0.2 is already allocated to container ID ${A}`,
    );
    releaseAddresses(paths, 'mine', ['podman', 'dual']);
    expect(assignedAddresses(paths, 'mine', ['podman', 'dual'])).toEqual({});
    expect(assignedAddresses(paths, B, ['podman'])).toEqual({ podman: ['10.88.0.3'] });
    removeNetworkAddresses(paths, dual);
    expect(foreignUsers(paths, 'dual', [])).toEqual([]);
  });
});

describe('allocateAddresses', () => {
  it('stays in the lease range, passes the gateway over and says when it is full', () => {
    const small = network('small', {
      subnet: '10.9.0.0/29',
      gateway: '10.9.0.3',
      lease_range: { start_ip: '10.9.0.2', end_ip: '10.9.0.5' },
    });
    const take = (id: string) => allocateAddresses(paths, known(small), id, { small: eth() })['small']!.staticIps![0];
    expect(['a', 'b', 'c'].map(take)).toEqual(['10.9.0.2', '10.9.0.4', '10.9.0.5']);
    expect(() => take('d')).toThrow('IPAM error: failed to find free IP in range: 10.9.0.2 - 10.9.0.5');
    releaseAddresses(paths, 'b', ['small']);
    expect(take('e')).toBe('10.9.0.4');
  });

  it('gives nothing when one of several networks has no address', () => {
    const full = network('full', { subnet: '10.9.0.0/30', gateway: '10.9.0.1' });
    const open = network('open', { subnet: '10.8.0.0/24', gateway: '10.8.0.1' });
    allocateAddresses(paths, known(full), 'a', { full: eth() });
    expect(() => allocateAddresses(paths, known(full, open), 'b', { open: eth(), full: eth() })).toThrow('IPAM error');
    expect(assignedAddresses(paths, 'b', ['open', 'full'])).toEqual({});
  });

  it('takes back what a killed start of the same container had', () => {
    const net = network('net', { subnet: '10.7.0.0/29', gateway: '10.7.0.1' });
    for (let round = 0; round < 20; round++) allocateAddresses(paths, known(net), 'same', { net: eth() });
    expect(allocateAddresses(paths, known(net), 'same', { net: eth(['10.7.0.5']) })['net']!.staticIps).toEqual(['10.7.0.5']);
    expect(foreignUsers(paths, 'net', [])).toEqual(['same']);
  });

  it('never gives an address twice', () => {
    const net = network('net', { subnet: '10.7.0.0/23', gateway: '10.7.0.1' });
    const held = new Map<string, string>();
    for (let round = 0; round < 700; round++) {
      const id = `c${round}`;
      const address = allocateAddresses(paths, known(net), id, { net: eth() })['net']!.staticIps![0]!;
      expect([...held.values()]).not.toContain(address);
      held.set(id, address);
      if (held.size > 300) {
        const oldest = held.keys().next().value!;
        releaseAddresses(paths, oldest, ['net']);
        held.delete(oldest);
      }
    }
  });
});

describe('updateBoltFile', () => {
  it('keeps any tree of buckets', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const tree = fc.letrec<{ bucket: [string, Uint8Array | unknown][] }>((tie) => ({
      bucket: fc.uniqueArray(
        fc.tuple(
          fc.uint8Array({ minLength: 1, maxLength: 40 }).map((key) => Buffer.from(key).toString('latin1')),
          fc.oneof({ depthSize: 'small', withCrossShrink: true }, bytes, tie('bucket')),
        ),
        { maxLength: 30, selector: ([key]) => key },
      ),
    })).bucket;
    const toBucket = (entries: [string, unknown][]): Bucket =>
      new Map(entries.map(([key, value]) => [key, value instanceof Uint8Array ? value : toBucket(value as [string, unknown][])]));
    const plain = (bucket: Bucket): unknown =>
      [...bucket].map(([key, value]) => [key, value instanceof Map ? plain(value) : Buffer.from(value).toString('hex')]).sort();
    let number = 0;
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (states) => {
        const path = join(directory, `bolt${number++}`);
        for (const state of states) {
          const wanted = toBucket(state as [string, unknown][]);
          updateBoltFile(path, (root) => {
            root.clear();
            for (const [key, value] of wanted) root.set(key, value);
            return true;
          });
          updateBoltFile(path, (root) => {
            expect(plain(root)).toEqual(plain(wanted));
            return false;
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names a file that is no database', () => {
    const path = join(directory, 'garbage');
    writeFileSync(path, Buffer.alloc(8192, 7));
    expect(() => updateBoltFile(path, () => false)).toThrow('invalid database');
  });
});
