import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { type Outcome, outcome } from '../integration/image-fixture.ts';
import { comparableInspection } from './comparable-inspection.ts';
import type { Json } from './comparable-spec.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
// Other releases have other keys: what is compared is the one that we follow.
const isThere = canRun && / 5\.8\./.test(spawnSync(real, ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** Command lines of `create`, whose inspection must be equal key by key. */
const cases = [
  '--net=none',
  '--net=host',
  '--net=none --hostname bar --label a=b --annotation x=y -e A=1 -w /tmp -u 1000',
  '-p 8080:80 -p 127.0.0.1:9090:90/udp --expose 77',
  '--publish-all --expose 1234',
  '--net=none --cap-add SYS_ADMIN --cap-drop CHOWN --security-opt no-new-privileges --security-opt seccomp=unconfined',
  '--net=none --security-opt mask=/proc/x --security-opt unmask=/proc/acpi --security-opt proc-opts=hidepid=2',
  '--net=none --privileged',
  '--net=none --read-only --tmpfs /foo:size=10m',
  '--net=none -v /tmp:/mnt:ro,z -v vol1:/data:nocopy -v /anon --mount type=tmpfs,dst=/t,tmpfs-size=1m',
  '--net=none --mount type=bind,src=/etc,dst=/e,ro,bind-propagation=rslave',
  '--net=none --memory 100m --memory-swap 200m --cpus 0.5 --cpu-shares 100 --pids-limit 55',
  '--net=none --cpuset-cpus 0 --cpuset-mems 0 --cpu-period 10000 --cpu-quota 5000 --memory-reservation 10m',
  '--net=none --blkio-weight 100 --oom-score-adj 100 --shm-size 10m --ulimit nofile=100:200',
  '--net=none --restart on-failure:3 --stop-signal INT --stop-timeout 3',
  '--net=none --log-driver k8s-file --log-opt max-size=10m --log-opt tag=foo',
  '--net=none --log-driver none',
  '--net=none --health-cmd true --health-interval 10s --health-retries 4 --health-on-failure kill',
  '--net=none --health-cmd true --health-startup-cmd false --health-startup-interval 20s --health-max-log-count 3',
  '--net=none --userns host --uts host --ipc host --pid host',
  '--dns 1.1.1.1 --dns-search foo.com --dns-option ndots:1 --add-host a:1.2.3.4',
  '--net=none --rm -it',
  '--net=none --device /dev/null:/dev/foo:rw',
  '--net=none --group-add 55 --umask 0077 --tz UTC --timeout 300',
  '--net=none --no-hosts --no-hostname --passwd=false',
  '--net=none --uidmap 0:100000:5000 --gidmap 0:100000:5000',
  '--net=none --cgroups disabled',
  '--net=none --cgroupns host --cgroup-parent /foo',
  '--net=none --systemd always',
  '--net=none --sdnotify conmon --init',
  '--net=none --entrypoint /bin/sh',
  '--network podman:ip=10.88.0.77,mac=92:d0:c6:0a:29:33,alias=foo',
  '--net=none --personality LINUX32 --sysctl net.core.somaxconn=100',
];

describe.skipIf(!isThere)('inspect shows what the real podman shows', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  const theirs = (...args: string[]): Outcome =>
    outcome(real, ['--root', scene.root, '--runroot', scene.runroot, ...args], { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' });

  function inspected(tool: (...args: string[]) => Outcome, flags: string[]): Json {
    const { out, err } = tool('create', ...flags, 'bb', 'sleep', '300');
    const id = out.trim();
    if (!/^[0-9a-f]{64}$/.test(id)) return err.trim().split('\n').at(-1) ?? '';
    try {
      const { out: text } = tool('inspect', id);
      const [{ Name, Config }] = JSON.parse(text) as [{ Name: string; Config: { CreateCommand: string[] } }];
      return comparableInspection(text, id, Name, Config.CreateCommand[0]!);
    } finally {
      tool('rm', '-f', '-v', '-t', '0', id);
    }
  }

  it.each(cases)('create %s', (line) => {
    const flags = line.split(' ');
    expect(inspected((...args) => scene.podman(...args), flags)).toEqual(inspected(theirs, flags));
  });
});
