import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const isUnified = readdirSync('/sys/fs/cgroup').includes('cgroup.controllers');
const disk = readdirSync('/dev')
  .map((name) => `/dev/${name}`)
  .find((path) => statSync(path).isBlockDevice());

const words = (line: string): string[] => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));

describe.skipIf(!canRun)('each flag of run and create acts', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    scene.busybox('volumes', () => {}, 'VOLUME /declared');
    mkdirSync(join(scene.directory, 'health'));
    writeFileSync(join(scene.directory, 'hosts'), '10.9.8.7 from-hosts-file\n');
    writeFileSync(join(scene.directory, 'reject.json'), '{"default":[{"type":"reject"}]}');
    scene.lines('create', '--net=none', '--name', 'other', '-v', 'shared:/shared', 'bb', 'true');
    scene.lines('save', '-q', '--format', 'oci-dir', '-o', join(scene.directory, 'oci'), 'bb');
  });
  afterAll(() => scene[Symbol.dispose]());

  const inScene = (line: string): string[] => words(line.replaceAll('DIR', scene.directory));

  // Flags, what inspect is asked for, what it says.
  const settings: [string, string, string][] = [
    ['--cpu-rt-period 1000 --cpu-rt-runtime 500', '{{.HostConfig.CpuRealtimePeriod}} {{.HostConfig.CpuRealtimeRuntime}}', '1000 500'],
    ['--cpuset-mems 0', '{{.HostConfig.CpusetMems}}', '0'],
    ['--kernel-memory 1g', '{{.HostConfig.KernelMemory}}', '0'],
    ['--health-cmd true --health-start-period 3s --health-timeout 5s', '{{.Config.Healthcheck}}', '{[CMD-SHELL true] 3s 0s 30s 5s 3}'],
    [
      '--health-cmd true --health-startup-cmd x --health-startup-retries 2 --health-startup-success 4 --health-startup-timeout 6s',
      '{{.Config.StartupHealthCheck.Retries}} {{.Config.StartupHealthCheck.Successes}}',
      '2 4',
    ],
    ['--health-cmd true --health-log-destination DIR/health', '{{.Config.HealthLogDestination}}', 'DIR/health'],
    [
      '--health-cmd true --health-max-log-count 3 --health-max-log-size 9',
      '{{.Config.HealthMaxLogCount}} {{.Config.HealthMaxLogSize}}',
      '3 9',
    ],
    ['--no-healthcheck', '{{.Config.Healthcheck.Test}}', '[NONE]'],
    ['--log-opt tag=mine --log-opt max-size=1mb', '{{.HostConfig.LogConfig.Tag}} {{.HostConfig.LogConfig.Size}}', 'mine 1MB'],
    ['--publish 8088:80', '{{.HostConfig.PortBindings}}', 'map[80/tcp:[{0.0.0.0 8088}]]'],
    ['--publish-all --expose 4321', '{{.HostConfig.PublishAllPorts}}', 'true'],
    ['--rdt-class none', '{{.HostConfig.IntelRdtClosID}}', 'none'],
    ['--requires other', '{{len .Dependencies}}', '1'],
    ['--sdnotify ignore', '{{.Config.SdNotifyMode}}', 'ignore'],
    ['--volumes-from other', '{{(index .Mounts 0).Destination}}', '/shared'],
    ['--volume /tmp:/tmp', '{{range .Mounts}}{{.Name}}{{.SubPath}}{{.Type}}{{end}}', 'bind'],
    ['--retry 1 --retry-delay 1s --creds me:secret --cert-dir DIR --disable-content-trust', '{{.ImageName}}', 'localhost/bb:latest'],
  ];
  it.each(settings)('create %s', (line, format, wanted) => {
    const net = line.includes('publish') ? [] : ['--net=none'];
    const { out, err } = scene.podman('create', ...net, ...inScene(line), 'bb', 'true');
    expect(out, err).toMatch(/^[0-9a-f]{64}\n$/);
    expect(scene.lines('inspect', '--format', format, out.trim())).toEqual([inScene(wanted).join(' ')]);
    scene.lines('rm', out.trim());
  });

  it.skipIf(disk === undefined)('limits of devices', () => {
    const flags = ['read-bps', 'write-bps', 'read-iops', 'write-iops'];
    // --device-read-bps --device-write-bps --device-read-iops --device-write-iops
    const limits = flags.flatMap((name, at) => [`--device-${name}`, `${disk}:${at + 1}`]);
    const { out, err } = scene.podman('create', '--net=none', ...limits, '--blkio-weight-device', `${disk}:123`, 'bb', 'true');
    const [config] = JSON.parse(scene.podman('inspect', out.trim()).out) as {
      HostConfig: Record<string, { Path: string; Rate: number }[]>;
    }[];
    const rates = ['ReadBps', 'WriteBps', 'ReadIOps', 'WriteIOps'].map((name) => config!.HostConfig[`BlkioDevice${name}`]![0]!.Rate);
    expect(rates).toEqual([1, 2, 3, 4]);
    // Some kernels have no weights: then it is said.
    const weights = config!.HostConfig['BlkioWeightDevice'];
    if (weights!.length === 0) expect(err).toMatch(/weight/);
    else expect(weights).toMatchObject([{ Weight: 123 }]);
    scene.lines('rm', out.trim());
  });

  // Flags, image, script, what it prints.
  const effects: [string, string, string, RegExp][] = [
    ['--group-entry grp:x:77: --user 5:77', 'bb', 'grep grp /etc/group', /^grp:x:77:\n$/],
    ['--hosts-file DIR/hosts', 'bb', 'cat /etc/hosts', /10\.9\.8\.7\s+from-hosts-file/],
    ['--hostuser root', 'bb', 'grep -c ^root /etc/passwd', /^1\n$/],
    ['--passwd=false --user 1234', 'bb', 'grep -c 1234 /etc/passwd', /^0\n$/],
    ['--image-volume tmpfs', 'volumes', 'grep " /declared " /proc/mounts', /^tmpfs /],
    ['--image-volume ignore', 'volumes', 'grep -c " /declared " /proc/mounts', /^0\n$/],
    ['--uidmap 0:100000:1000 --gidmap 0:200000:1000', 'bb', 'cat /proc/self/gid_map', /^\s+0\s+200000\s+1000\n$/],
    ['--tty', 'bb', 'test -t 1 && echo terminal', /^terminal\r\n$/],
    ['--os linux --quiet --sig-proxy=false', 'bb', 'echo ok', /^ok\n$/],
    ['--platform linux/amd64', 'bb', 'echo ok', /^ok\n$/],
    ['--systemd always --shm-size-systemd 7m', 'bb', 'grep " /run " /proc/mounts', /size=7168k/],
    ['--seccomp-policy default', 'bb', 'grep Seccomp: /proc/self/status', /2\n$/],
    ...(isUnified
      ? ([['--cgroup-conf memory.high=104857600', 'bb', 'cat /sys/fs/cgroup/memory.high', /104857600/]] as [
          string,
          string,
          string,
          RegExp,
        ][])
      : ([['--memory 50m --memory-swappiness 33 --oom-kill-disable', 'bb', 'echo ok', /^ok\n$/]] as [string, string, string, RegExp][])),
  ];
  it.each(effects)('run %s %s: %s', (line, image, script, wanted) => {
    const { out, err } = scene.once(...inScene(line), image, 'sh', '-c', script);
    expect(out, err).toMatch(wanted);
  });

  // Flags that cannot act here, and what is said.
  const refusals: [string, RegExp][] = [
    ['--detach-keys nonsense --tty', /invalid detach keys/],
    ['--gpus all', /nvidia\.com\/gpu=all/],
    ['--init --init-path /no/such', /no such file or directory/],
    ['--subuidname nobody-at-all', /nobody-at-all/],
    ['--subgidname nobody-at-all', /nobody-at-all/],
    ['--seccomp-policy nonsense', /invalid seccomp policy "nonsense"/],
    ['--decryption-key DIR/none --pull always', /.+/],
    ...(isUnified ? [] : ([['--cgroup-conf memory.high=1', /cannot use --cgroup-conf without cgroup v2/]] as [string, RegExp][])),
  ];
  it.each(refusals)('run %s is refused', (line, wanted) => {
    const { code, err } = scene.once(...inScene(line), 'bb', 'true');
    expect(code, err).toBeGreaterThan(0);
    expect(err).toMatch(wanted);
  });

  it('--pod-id-file names the pod', () => {
    const file = join(scene.directory, 'pod');
    const [pod] = scene.lines('pod', 'create', '--infra=false', '--pod-id-file', file);
    const [id] = scene.lines('create', '--pod-id-file', file, 'bb', 'true');
    expect(scene.lines('inspect', '--format', '{{.Pod}}', id!)).toEqual([pod]);
    scene.lines('pod', 'rm', '-f', pod!);
  });

  it('--init-ctr wants a pod', () => {
    expect(scene.podman('create', '--init-ctr', 'always', 'bb', 'true')).toMatchObject({ code: 125, err: expect.stringMatching(/pod/) });
  });

  it('--signature-policy decides on what is pulled', () => {
    const image = `oci:${join(scene.directory, 'oci')}`;
    const { code, err } = scene.podman('create', '--signature-policy', join(scene.directory, 'reject.json'), image, 'true');
    expect({ code, err }).toMatchObject({ code: 125, err: expect.stringMatching(/reject/) });
  });

  it('--detach leaves it in the background; --pidfile and --conmon-pidfile say who it is', () => {
    const files = ['pid', 'conmon'].map((name) => join(scene.directory, name));
    const [id] = scene.lines('run', '--detach', '--net=none', '--pidfile', files[0]!, '--conmon-pidfile', files[1]!, 'bb', 'sleep', '60');
    const pids = scene.lines('inspect', '--format', '{{.State.Pid}}\n{{.State.ConmonPid}}', id!);
    expect(files.map((file) => readFileSync(file, 'utf8').trim())).toEqual(pids);
    scene.lines('rm', '-f', '-t', '0', id!);
  });

  it('--interactive passes input on', () => {
    expect(scene.run('podman', ['run', '--rm', '--net=none', '--interactive', 'bb', 'cat'], { input: 'typed\n' }).out).toBe('typed\n');
  });

  it('--preserve-fds passes descriptors on', () => {
    const command = `exec 3<<< passed; exec ${process.env['SELKIE'] ?? 'dist/selkie'} ${scene.store('podman').join(' ')} run --rm --net=none --preserve-fds 1 bb sh -c 'cat <&3'`;
    expect(spawnSync('bash', ['-c', command], { encoding: 'utf8' }).stdout).toBe('passed\n');
  });

  it('--rmi removes the image with the container', () => {
    scene.busybox('fleeting');
    scene.lines('run', '--rm', '--rmi', '--net=none', 'fleeting', 'true');
    expect(scene.podman('image', 'exists', 'fleeting').code).toBe(1);
  });

  it('--mac-address and --ip6 name the interface', () => {
    scene.lines('network', 'create', '--ipv6', '--subnet', 'fd00:5e1::/64', 'six');
    const { out, err } = scene.podman(
      ...['run', '--rm', '--net', 'six', '--ip6', 'fd00:5e1::77', '--mac-address', '92:d0:c6:0a:29:33', 'bb', 'sh', '-c'],
      'cat /sys/class/net/eth0/address /proc/net/if_inet6',
    );
    expect(out, err).toMatch(/92:d0:c6:0a:29:33[\s\S]*fd0005e1000000000000000000000077/);
    scene.lines('network', 'rm', '-f', 'six');
  });
});
