import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageEnvironment } from '../../../../src/container/options/environment.ts';
import { hostsText } from '../../../../src/container/rootfs-files/hosts.ts';
import { Rootfs } from '../../../../src/container/rootfs-files/rootfs.ts';
import { mergeCapabilities } from '../../../../src/container/spec/capabilities.ts';
import { containerCommand } from '../../../../src/container/spec/command.ts';
import { sortMounts, supersedeMounts } from '../../../../src/container/spec/default-mounts.ts';
import { parseDevice } from '../../../../src/container/spec/devices.ts';
import { containerEnvironment } from '../../../../src/container/spec/environment.ts';
import { expandVariables } from '../../../../src/container/spec/expand-variables.ts';
import { kernelPaths } from '../../../../src/container/spec/masked-paths.ts';
import { processMountOptions } from '../../../../src/container/spec/mount-options.ts';
import { resolveProfile } from '../../../../src/container/spec/seccomp.ts';
import { defaultSeccompProfile } from '../../../../src/container/spec/seccomp-default.ts';
import { serializeSpec } from '../../../../src/container/spec/serialize.ts';
import { parseIdMapOption } from '../../../../src/container/spec/start-mount-options.ts';
import { numericId, UserDatabase } from '../../../../src/container/spec/user-lookup.ts';

const emptyRequest = {
  envHost: false,
  temporary: '/var/tmp',
  httpProxy: false,
  merge: [],
  unset: [],
  unsetAll: false,
  tty: false,
  configured: [],
  given: {},
};

function rootfs(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'rootfs-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('environment', () => {
  it('S60: entries of an image without a value mean nothing', () => {
    process.env['SPEC_TEST_HOST'] = 'host';
    expect(imageEnvironment(['SPEC_TEST_HOST', 'SPEC_TEST_*', '*', 'A=b'])).toEqual({ A: 'b' });
    delete process.env['SPEC_TEST_HOST'];
  });

  it('weighs defaults, image and user', () => {
    expect(containerEnvironment({ ...emptyRequest, image: ['A=image', 'PATH=/p'], given: { A: 'user' } })).toEqual({
      PATH: '/p',
      container: 'podman',
      A: 'user',
    });
    expect(containerEnvironment({ ...emptyRequest, image: ['A=1'], unsetAll: true, given: { B: '2' } })).toEqual({ B: '2' });
    expect(containerEnvironment({ ...emptyRequest, image: undefined })).toEqual({});
  });

  it.each([
    ['$A/x', '1/x'],
    ['${A}${B:-2}${A:+3}', '123'],
    ['\'$A\'"$A"\\$A', '$A1$A'],
    ['$', '$'],
  ])('expands %s', (text, result) => expect(expandVariables(text, { A: '1' })).toBe(result));
});

describe('capabilities', () => {
  it.each([
    [['CAP_CHOWN', 'CAP_KILL'], ['net_raw'], ['kill'], ['CAP_CHOWN', 'CAP_NET_RAW']],
    [['CAP_CHOWN'], ['CAP_KILL'], ['all'], ['CAP_KILL']],
    [['CAP_CHOWN'], [], ['ALL'], []],
  ])('%j + %j - %j', (base, add, drop, result) => expect(mergeCapabilities(base, add, drop)).toEqual(result));

  it.each([
    [['foo'], [], '"CAP_FOO": unknown capability'],
    [['all'], ['all'], 'adding all caps and removing all caps not allowed'],
    [['kill'], ['kill'], 'capability "CAP_KILL" cannot be dropped and added'],
  ])('+ %j - %j fails', (add, drop, message) => expect(() => mergeCapabilities(['CAP_CHOWN'], add, drop)).toThrow(message));
});

describe('seccomp', () => {
  const allowed = (capabilities: string[]) =>
    new Set(
      resolveProfile(defaultSeccompProfile(), capabilities)?.syscalls?.flatMap(({ action, names }) =>
        action === 'SCMP_ACT_ALLOW' ? names : [],
      ),
    );

  it('S28: the built-in profile denies by default and opens with capabilities', () => {
    const profile = resolveProfile(defaultSeccompProfile(), []);
    expect(profile).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 });
    expect(allowed([]).has('read')).toBe(true);
    for (const name of ['bpf', 'init_module', 'chroot', 'kexec_load', 'settimeofday']) expect(allowed([]).has(name)).toBe(false);
    expect(allowed(['CAP_SYS_CHROOT']).has('chroot')).toBe(true);
  });

  it('refuses a profile that says things twice', () =>
    expect(() =>
      resolveProfile({ defaultAction: 'X', architectures: ['a'], archMap: [{ architecture: 'b', subArchitectures: null }] }, []),
    ).toThrow("'architectures' and 'archMap' were specified"));
});

describe('mounts', () => {
  it('completes tmpfs options', () =>
    expect(processMountOptions(['size=1m'], true, '')).toEqual(['size=1m', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup']));
  it('completes bind options', () =>
    expect(processMountOptions(['bind', 'suid', 'dev'], false, '')).toEqual(['bind', 'suid', 'dev', 'private']));

  it.each([
    [['ro', 'rw'], false, "only one of 'rw' and 'ro' can be used: duplicate mount option passed"],
    [['size=1'], false, "the 'size' option is only allowed with tmpfs mounts: invalid mount option"],
    [['bind'], true, "the 'bind' and 'rbind' options are not allowed with tmpfs mounts: invalid mount option"],
    [['what'], true, 'unknown mount option "what": invalid mount option'],
  ])('%j fails', (options, tmpfs, message) => expect(() => processMountOptions(options, tmpfs, '')).toThrow(message));

  it('puts parents first and keeps the order else', () =>
    expect(
      sortMounts([{ destination: '/a/b' }, { destination: '/z' }, { destination: '/a' }]).map(({ destination }) => destination),
    ).toEqual(['/z', '/a', '/a/b']));

  it("lets a user's /dev replace all below it", () =>
    expect(supersedeMounts([{ destination: '/dev' }], [{ destination: '/dev/pts' }, { destination: '/proc' }])).toEqual([
      { destination: '/dev' },
      { destination: '/proc' },
    ]));

  it('reads idmap options', () => {
    const own = [{ containerID: 0, hostID: 1000, size: 10 }];
    expect(parseIdMapOption('idmap=uids=0-5-1#@1-2-1', own, own)).toEqual({
      uidMappings: [
        { containerID: 0, hostID: 5, size: 1 },
        { containerID: 1, hostID: 1002, size: 1 },
      ],
      gidMappings: own,
    });
  });
});

describe('the rest of the spec', () => {
  it.each([
    [{ imageCommand: ['c'], init: false }, ['c']],
    [{ imageEntrypoint: ['e'], imageCommand: ['c'], init: false }, ['e', 'c']],
    [{ entrypoint: ['x'], imageCommand: ['c'], init: false }, ['x']],
    [{ entrypoint: [''], imageCommand: ['c'], command: ['d'], init: true }, ['/run/podman-init', '--', 'd']],
    [{ init: false }, ['']],
  ])('command %#', (parts, command) => expect(containerCommand(parts)).toEqual(command));

  it('unmasks by pattern and masks more', () => {
    const { maskedPaths, readonlyPaths } = kernelPaths(false, ['/proc/x', 'relative'], ['/proc/a*', '/proc/sys']);
    expect(maskedPaths).not.toContain('/proc/acpi');
    expect(maskedPaths).toContain('/proc/x');
    expect(readonlyPaths).not.toContain('/proc/sys');
    expect(kernelPaths(false, [], ['all'])).toEqual({});
  });

  it.each([
    ['/dev/a', { source: '/dev/a', destination: '/dev/a', permissions: 'rwm' }],
    ['/dev/a:r', { source: '/dev/a', destination: '/dev/a', permissions: 'r' }],
    ['/dev/a:/dev/b:rw', { source: '/dev/a', destination: '/dev/b', permissions: 'rw' }],
  ])('device %s', (text, device) => expect(parseDevice(text)).toEqual(device));

  it('writes RLIM_INFINITY exactly', () =>
    expect(
      serializeSpec({
        ociVersion: '1',
        process: { user: { uid: 0, gid: 0 }, args: [], cwd: '/', rlimits: [{ type: 'x', soft: 2 ** 64, hard: 2 ** 64 }] },
      }),
    ).toContain('"soft":18446744073709551615'));
});

describe('inside the root', () => {
  it('S30: looks users up in files of the root only', () => {
    const root = rootfs({ 'etc/passwd': 'root:x:0:0::/root:/bin/sh\nme:x:7:8::/home/me:\n', 'etc/group': 'g:x:9:me\nh:x:10:\n' });
    using files = new Rootfs(root);
    const users = new UserDatabase(files);
    expect(users.find('me')).toEqual({ uid: 7, gid: 8, home: '/home/me', supplementary: [9] });
    expect(users.find('me:h')).toEqual({ uid: 7, gid: 10, home: '/home/me', supplementary: [] });
    expect(users.find('5')).toEqual({ uid: 5, gid: 0, home: '/', supplementary: [] });
    expect(users.find('')).toMatchObject({ uid: 0, home: '/root' });
    expect(() => users.find('who')).toThrow('unable to find user who: no matching entries in passwd file');
    expect(users.groupIds(['g', '77'])).toEqual([9, 77]);
  });

  it.each(['4294967296', '2147483648', '-1', '007'])('S61: the id %s is out of range', (text) => {
    using files = new Rootfs(rootfs({}));
    expect(() => new UserDatabase(files).find(text)).toThrow('uids and gids must be in range 0-2147483647');
  });

  it('S61: numbers are read one way only', () => {
    expect(numericId('12')).toBe(12);
    expect(numericId('0')).toBe(0);
    expect(numericId('x')).toBeUndefined();
    expect(() => numericId('00')).toThrow();
  });

  it('S25: resolves links within the root, also where nothing is yet', () => {
    const root = rootfs({ 'real/file': 'x' });
    symlinkSync('/real', join(root, 'link'));
    symlinkSync('../../../../etc', join(root, 'out'));
    symlinkSync('loop', join(root, 'loop'));
    using files = new Rootfs(root);
    expect(files.resolve('/link/file')).toBe('/real/file');
    expect(files.resolve('/link/new/deep')).toBe('/real/new/deep');
    expect(files.resolve('/out/passwd')).toBe('/etc/passwd');
    expect(() => files.resolve('/loop/x')).toThrow('too many levels');
    expect(files.readFile('/out/passwd')).toBeUndefined();
    files.makeDirectory('/out/made/here', 0o755, process.getuid!(), process.getgid!());
    expect(files.kind('/etc/made/here')).toBe('directory');
  });

  it('writes hosts like podman', () => {
    using files = new Rootfs(rootfs({ 'etc/hosts': '1.1.1.1 base # comment\n' }));
    const text = hostsText({
      base: 'image',
      rootfs: files,
      added: ['a;b:9.9.9.9', 'gw:host-gateway'],
      own: [{ ip: '10.0.0.2', names: ['id', 'base'] }],
      gateway: '10.0.0.1',
    });
    expect(text).toBe(
      '9.9.9.9\ta b\n10.0.0.1\tgw\n1.1.1.1\tbase\n127.0.0.1\tlocalhost\n::1\tlocalhost\n10.0.0.1\thost.containers.internal host.docker.internal\n10.0.0.2\tid\n',
    );
  });
});
