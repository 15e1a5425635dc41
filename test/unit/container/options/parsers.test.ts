import { describe, expect, it } from 'vitest';
import { canonicalIp, canonicalMac } from '../../../../src/container/options/addresses.ts';
import { parseCsvLine } from '../../../../src/container/options/csv.ts';
import { parseHealthcheck } from '../../../../src/container/options/healthcheck.ts';
import { fillMap, freeRanges, insertMapping, mergeConsecutive } from '../../../../src/container/options/id-ranges.ts';
import { parseRestartPolicy } from '../../../../src/container/options/lifecycle.ts';
import { parseMountFlags } from '../../../../src/container/options/mounts.ts';
import { parseNetworkFlag, parseUserNamespace } from '../../../../src/container/options/namespaces.ts';
import { fromHumanSize, parseDuration, ramInBytes } from '../../../../src/container/options/numbers.ts';
import { parseExpose, parsePublish } from '../../../../src/container/options/ports.ts';
import { parseSecrets } from '../../../../src/container/options/secrets.ts';
import { parseUlimits, unlimited } from '../../../../src/container/options/ulimits.ts';
import { parseVolumeFlags } from '../../../../src/container/options/volumes.ts';
import { parseSignal } from '../../../../src/container/signals.ts';

const mounts = (mount: string[], volume: string[] = [], tmpfs: string[] = []) => parseMountFlags({ mount, volume, tmpfs }, []);

describe('numbers', () => {
  it.each([
    ['10', 10],
    ['1k', 1024],
    ['1.5m', 1572864],
    ['2GiB', 2147483648],
    ['3 kB', 3072],
    ['0', 0],
  ])('ramInBytes(%s)', (text, bytes) => expect(ramInBytes(text)).toBe(bytes));

  it.each([
    ['', "invalid size: ''"],
    ['foo', "invalid size: 'foo'"],
    ['-1k', "invalid size: '-1k'"],
    ['1x', "invalid suffix: 'x'"],
    ['1kib2', 'strconv.ParseFloat: parsing "1kib2": invalid syntax'],
  ])('ramInBytes(%s) fails', (text, message) => expect(() => ramInBytes(text)).toThrow(message));

  it('counts human sizes by 1000', () => expect(fromHumanSize('65536k')).toBe(65536000));

  it.each([
    ['30s', 30e9],
    ['1m30.5s', 90.5e9],
    ['-1s', -1e9],
    ['0', 0],
    ['1h2us', 3600e9 + 2e3],
  ])('parseDuration(%s)', (text, ns) => expect(parseDuration(text)).toBe(ns));

  it.each([
    ['x', 'time: invalid duration "x"'],
    ['1', 'time: missing unit in duration "1"'],
    ['1y', 'time: unknown unit "y" in duration "1y"'],
  ])('parseDuration(%s) fails', (text, message) => expect(() => parseDuration(text)).toThrow(message));
});

describe('addresses', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['FE80::0001', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['1.2.3', undefined],
    ['fe80::1%eth0', undefined],
  ])('%s', (text, ip) => expect(canonicalIp(text)).toBe(ip));

  it.each([
    ['92:D0:c6:0a:29:33', '92:d0:c6:0a:29:33'],
    ['92-d0-c6-0a-29-33', '92:d0:c6:0a:29:33'],
    ['92d0.c60a.2933', '92:d0:c6:0a:29:33'],
    ['92:d0:c6', undefined],
  ])('%s', (text, mac) => expect(canonicalMac(text)).toBe(mac));
});

describe('ports', () => {
  it.each([
    ['80', { hostIp: '', hostPort: 0, containerPort: 80, range: 1, protocol: '' }],
    ['8080:80/udp', { hostIp: '', hostPort: 8080, containerPort: 80, range: 1, protocol: 'udp' }],
    ['127.0.0.1::80', { hostIp: '127.0.0.1', hostPort: 0, containerPort: 80, range: 1, protocol: '' }],
    ['0.0.0.0:1-3:11-13', { hostIp: '', hostPort: 1, containerPort: 11, range: 3, protocol: '' }],
    ['[::1]:9:8', { hostIp: '::1', hostPort: 9, containerPort: 8, range: 1, protocol: '' }],
  ])('%s', (text, mapping) => expect(parsePublish([text])).toEqual([mapping]));

  it.each([
    ['', 'must provide a non-empty container port to publish'],
    ['1:2:3:4', 'invalid port format - format is [[hostIP:]hostPort:]containerPort'],
    ['0', 'parsing container port: port numbers must be between 1 and 65535 (inclusive), got 0'],
    ['1-2:3', 'host and container port ranges have different lengths: 2 vs 1'],
    ['x:1:2', 'cannot parse "x" as an IP address'],
    ['80/tcp/udp', 'invalid port format - protocol can only be specified once'],
  ])('%s fails', (text, message) => expect(() => parsePublish([text])).toThrow(message));

  it('exposes ranges', () =>
    expect(parseExpose(['5-6/udp', '9'])).toEqual([
      { port: 5, protocol: 'udp' },
      { port: 6, protocol: 'udp' },
      { port: 9, protocol: 'tcp' },
    ]));
});

describe('volumes and mounts', () => {
  it('tells binds, named and anonymous volumes, and overlays apart', () => {
    const { binds, volumes, overlays } = parseVolumeFlags(['/a:/b:ro', 'name:/c', '/d', '/e:/f:O']);
    expect([...binds.values()]).toEqual([{ destination: '/b', type: 'bind', source: '/a', options: ['ro'] }]);
    expect([...volumes.values()]).toEqual([
      { name: 'name', destination: '/c', options: [] },
      { name: '', destination: '/d', options: [] },
    ]);
    expect([...overlays.values()]).toEqual([{ destination: '/f', source: '/e', options: ['O'] }]);
  });

  it.each([
    [['/a:/b:ro,rw'], `invalid options "ro, rw", can only specify 1 'rw' or 'ro' option`],
    [['/a:/b:what'], 'invalid option type "what"'],
    [['a:b:c:d'], 'incorrect volume format, should be [host-dir:]ctr-dir[:option]'],
    [[':/b'], 'host directory cannot be empty'],
    [['/a:/b', '/c:/b'], '/b: duplicate mount destination'],
    [['/a:/b:O,ro'], "can't use 'O' with other options"],
  ])('%j fails', (values, message) => expect(() => parseVolumeFlags(values)).toThrow(message));

  it.each([
    ['type=tmpfs,dst=/x,tmpfs-size=1m,ro', { destination: '/x', type: 'tmpfs', source: 'tmpfs', options: ['size=1m', 'ro'] }],
    ['type=bind,"src=/a,b",dst=/x/../y,rw=false', { destination: '/y', type: 'bind', source: '/a,b', options: ['ro'] }],
    ['type=bind,src=/a,target=/b,bind-propagation=rshared,U', { destination: '/b', type: 'bind', source: '/a', options: ['rshared', 'U'] }],
  ])('--mount %s', (text, mount) => expect(mounts([text]).mounts).toEqual([mount]));

  it('takes --mount without a type for a volume', () =>
    expect(mounts(['src=v,dst=/x,subpath=/s,volume-opt=type=tmpfs']).volumes).toEqual([
      { name: 'v', destination: '/x', options: ['volume-opt=type=tmpfs'], subPath: '/s' },
    ]));

  it.each([
    ['type=foo,dst=/x', 'invalid filesystem type "foo"'],
    ['type=bind,src=/a', 'must set volume destination'],
    ['type=bind,src=/a,dst=x', 'invalid container path "x", must be an absolute path'],
    ['type=bind,src=/a,dst=/x,bind-propagation=up', 'invalid value "bind-propagation=up"'],
    ['type=tmpfs,src=/a,dst=/x', '"src" option not supported for "tmpfs" mount types'],
    ['type=bind,src=/a,dst=/x,ro,rw', "cannot pass 'readonly', 'ro', or 'rw' mnt.Options more than once"],
    ['type=image,dst=/x', 'must set source and destination for image volume'],
  ])('--mount %s fails', (text, message) => expect(() => mounts([text])).toThrow(message));

  it('finds conflicts between the flags', () => {
    expect(() => mounts(['type=tmpfs,dst=/x'], ['/a:/x'])).toThrow('/x: duplicate mount destination');
    expect(() => mounts([], ['v:/x'], ['/x'])).toThrow('/x: duplicate mount destination');
  });

  it.each([
    ['a,b', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a""b"', ['a"b']],
    ['a,', ['a', '']],
  ])('CSV %s', (line, fields) => expect(parseCsvLine(line)).toEqual(fields));
});

describe('networks and namespaces', () => {
  it('keeps the order and options of networks', () =>
    expect(parseNetworkFlag(['one:ip=10.0.0.1,alias=a', 'two:interface_name=if0'], 'private')).toMatchObject({
      mode: { kind: 'bridge' },
      networks: [
        { name: 'one', options: { staticIps: ['10.0.0.1'], aliases: ['a'] } },
        { name: 'two', options: { interfaceName: 'if0' } },
      ],
    }));

  it.each([
    [['host', 'one'], 'cannot set multiple networks without bridge network mode, selected mode host: invalid argument'],
    [['one', 'host'], 'can only set extra network names, selected mode host conflicts with bridge: invalid argument'],
    [['one:ip=x'], 'invalid option for network one: invalid ip address "x"'],
    [['one:mac=x'], 'address x: invalid MAC address'],
  ])('%j fails', (values, message) => expect(() => parseNetworkFlag(values, 'private')).toThrow(message));

  it.each([
    ['keep-id:uid=1', { kind: 'keep-id', value: 'uid=1' }],
    ['nomap', { kind: 'no-map' }],
    ['ns:/x', { kind: 'path', value: '/x' }],
    ['container:c', { kind: 'container', value: 'c' }],
  ])('--userns %s', (text, choice) => expect(parseUserNamespace(text)).toEqual(choice));
});

describe('others', () => {
  it.each([
    ['echo hi', ['CMD-SHELL', 'echo hi']],
    ['["echo", "hi"]', ['CMD', 'echo', 'hi']],
    ['["CMD-SHELL", "x"]', ['CMD-SHELL', 'x']],
    ['CMD ls /', ['CMD', 'ls', '/']],
    ['none', ['NONE']],
  ])('health check %s', (command, test) =>
    expect(parseHealthcheck({ command, interval: '1s', retries: 1, timeout: '1s', startPeriod: '0s' }, false).test).toEqual(test),
  );

  it.each([
    ['nofile=10:20', { type: 'nofile', soft: 10, hard: 20 }],
    ['RLIMIT_CORE=-1', { type: 'core', soft: unlimited, hard: unlimited }],
  ])('ulimit %s', (text, limit) => expect(parseUlimits([text])).toEqual([limit]));

  it.each([
    ['nofile', 'failed to be parsed: invalid ulimit argument: nofile'],
    ['nofile=20:10', 'ulimit soft limit must be less than or equal to hard limit: 20 > 10'],
    ['what=1', 'invalid ulimit type: what'],
  ])('ulimit %s fails', (text, message) => expect(() => parseUlimits([text])).toThrow(message));

  it.each([
    ['SIGTERM', 15],
    ['kill', 9],
    ['RTMIN+3', 37],
    ['12', 12],
  ])('signal %s', (text, number) => expect(parseSignal(text)).toBe(number));

  it('reads restart policies', () => {
    expect(parseRestartPolicy('on-failure:3')).toEqual({ policy: 'on-failure', retries: 3 });
    expect(parseRestartPolicy('never')).toEqual({ policy: 'no', retries: 0 });
    expect(() => parseRestartPolicy('always:1')).toThrow('restart policy retries can only be specified with on-failure restart policy');
  });

  it('reads secrets', () => {
    expect(parseSecrets(['a', 'b,mode=0400,uid=1', 'c,type=env,target=C'])).toEqual({
      mounts: [
        { source: 'a', target: '', uid: 0, gid: 0, mode: 0o444 },
        { source: 'b', target: '', uid: 1, gid: 0, mode: 0o400 },
      ],
      env: { C: 'c' },
    });
    expect(() => parseSecrets(['a,type=env,mode=1'])).toThrow('UID, GID, Mode options cannot be set with secret type env: parsing secret');
  });

  it('breaks and fills ranges of ids', () => {
    const map = insertMapping([{ containerID: 0, hostID: 100, size: 10 }], { containerID: 3, hostID: 500, size: 2 });
    expect(mergeConsecutive(map)).toEqual([
      { containerID: 0, hostID: 100, size: 3 },
      { containerID: 3, hostID: 500, size: 2 },
      { containerID: 5, hostID: 105, size: 5 },
    ]);
    const own = [{ containerID: 0, hostID: 1000, size: 10 }];
    const given = [{ containerID: 2, hostID: 0, size: 1 }];
    expect(fillMap(given, freeRanges(given, own))).toEqual([
      { containerID: 0, hostID: 1, size: 2 },
      { containerID: 2, hostID: 0, size: 1 },
      { containerID: 3, hostID: 3, size: 7 },
    ]);
  });
});
