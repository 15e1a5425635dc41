import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adoptFiles, unpackArchive, writeTar } from '../../../../src/container/checkpoint/archive.ts';
import { fromLibpodConfig, type LibpodConfig } from '../../../../src/container/checkpoint/libpod-config.ts';
import { readStatistics } from '../../../../src/container/checkpoint/statistics.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-checkpoint-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('an archive that came from elsewhere (S53)', () => {
  const pack = (fill: (tree: string) => void): string => {
    const tree = join(directory, 'tree');
    mkdirSync(join(tree, 'checkpoint'), { recursive: true });
    writeFileSync(join(tree, 'config.dump'), '{}');
    fill(tree);
    const tar = join(directory, 'archive.tar');
    execFileSync('tar', ['-C', tree, '-cf', tar, '.']);
    return tar;
  };
  const unpack = async (tar: string): Promise<string> => {
    const target = join(directory, 'target');
    mkdirSync(target);
    await unpackArchive({ path: tar }, target, 'archive.tar');
    return target;
  };

  test.each<[string, (tree: string) => void]>([
    ['a log that is a link', (tree) => symlinkSync('/etc/passwd', join(tree, 'ctr.log'))],
    ['images that are a link', (tree) => symlinkSync('/etc', join(tree, 'volumes'))],
    ['an image that is a link', (tree) => symlinkSync('/etc/shadow', join(tree, 'checkpoint/pages-1.img'))],
    ['a parent elsewhere', (tree) => symlinkSync('/etc', join(tree, 'checkpoint/parent'))],
    ['a fifo', (tree) => execFileSync('mkfifo', [join(tree, 'network.status')])],
    ['a directory that is none', (tree) => mkdirSync(join(tree, 'etc'))],
  ])('is refused with %s', async (_, fill) => {
    await expect(unpack(pack(fill))).rejects.toThrow('which is no plain file');
  });

  test('may refer to the images before, and only known files of it are taken', async () => {
    const target = await unpack(
      pack((tree) => {
        mkdirSync(join(tree, 'pre-checkpoint'));
        symlinkSync('../pre-checkpoint', join(tree, 'checkpoint/parent'));
        writeFileSync(join(tree, 'checkpoint/inventory.img'), 'i');
        writeFileSync(join(tree, 'config.json'), 'not ours to take');
      }),
    );
    const staticDir = join(directory, 'static');
    mkdirSync(staticDir);
    adoptFiles(target, { staticDir } as never);
    expect(readFileSync(join(staticDir, 'checkpoint/inventory.img'), 'utf8')).toBe('i');
    expect(existsSync(join(staticDir, 'config.json'))).toBe(false);
    expect(existsSync(join(staticDir, 'config.dump'))).toBe(false);
  });

  test('is refused when it is none', async () => {
    const file = join(directory, 'archive.tar');
    writeFileSync(file, 'no archive at all');
    await expect(unpack(file)).rejects.toThrow('unpacking of checkpoint archive archive.tar failed: ');
  });
});

test('a tree keeps its own mode', async () => {
  const tree = join(directory, 'shm');
  mkdirSync(tree, { mode: 0o1777 });
  writeFileSync(join(tree, 'file'), 'x');
  const tar = join(directory, 'shm.tar');
  await writeTar(tar, tree);
  expect(execFileSync('tar', ['-tf', tar], { encoding: 'utf8' })).toBe('./\n./file\n');
});

test.each([['dump', 'ClUQBgkzV1ckAAAACiIIz9cCEN21lBgYzg4gqQMoLzAAOCFAAEgAUAhYCGAAaABwAA==', { freezing_time: 43983 }]] as const)(
  "CRIU's statistics of a %s",
  (kind, base64, expected) => {
    const bytes = Buffer.from(base64, 'base64');
    const path = join(directory, 'stats');
    // The two magic numbers and the length, as CRIU 4.2.1 writes them.
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('4059105506330957', 'hex'), Buffer.from([bytes.length - 12, 0, 0, 0]), bytes.subarray(12)]),
    );
    const found = readStatistics(path, kind);
    expect(found).toMatchObject(expected);
    expect(Object.keys(found)).toEqual(['freezing_time', 'frozen_time', 'memdump_time', 'memwrite_time', 'pages_scanned', 'pages_written']);
    expect(() => readStatistics(join(directory, 'none'), kind)).toThrow('displaying checkpointing statistics not possible: open ');
  },
);

test('a description by podman', () => {
  const dump: LibpodConfig = {
    id: 'a'.repeat(64),
    name: 'web',
    spec: {
      ociVersion: '1.2.1',
      hostname: 'h',
      process: { user: { uid: 0, gid: 0 }, args: ['top'], cwd: '/w' },
      linux: { namespaces: [{ type: 'pid' }] },
    },
    rootfsImageID: 'b'.repeat(64),
    rootfsImageName: 'quay.io/x/y:1',
    ShmDir: '/elsewhere/shm',
    shmSize: 65536000,
    namedVolumes: [{ volumeName: 'v', dest: '/v', options: ['rprivate'] }],
    newNetworks: { podman: { aliases: ['h'], interface_name: 'eth0' } },
    newPortMappings: [{ host_ip: '', container_port: 80, host_port: 8080, range: 1, protocol: 'tcp' }],
    networkMode: 'bridge',
    createNetNS: true,
    netNsCtr: '',
    logDriver: 'journald',
    healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 30 },
    runtime: 'crun',
  };
  const config = fromLibpodConfig(dump);
  expect(config).toMatchObject({
    name: 'web',
    workdir: '/w',
    hostname: 'h',
    image: { name: 'quay.io/x/y:1' },
    namedVolumes: [{ name: 'v', destination: '/v', options: ['rprivate'] }],
    network: { mode: 'bridge', networks: [{ name: 'podman', options: { interfaceName: 'eth0', aliases: ['h'] } }] },
    shmSize: 65536000,
    log: { driver: 'journald' },
    healthcheck: { test: ['CMD-SHELL', 'true'], interval: 30 },
    runtime: 'crun',
  });
  expect(config.namespaces.pid.kind).toBe('private');
  expect(config.namespaces.ipc.kind).toBe('host');
  expect(() => fromLibpodConfig({ ...dump, id: '../../etc' })).toThrow('config.dump describes no container');
});
