import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const user = 'selkie-test';
const entry = readFileSync('/etc/passwd', 'utf8')
  .split('\n')
  .map((line) => line.split(':'))
  .find((fields) => fields[0] === user);
const bun = resolve('node_modules/.bin/bun');
const main = resolve('src/main.ts');

describe.skipIf(process.geteuid!() !== 0 || entry === undefined)('a user without privileges', () => {
  const uid = Number(entry?.[2]);
  const gid = Number(entry?.[3]);
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'selkie-rootless-'));
    chownSync(home, uid, gid);
    chmodSync(home, 0o700);
  });
  afterEach(() => {
    const pid = pausePid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  const pausePath = () => join(home, 'libpod/tmp/pause.pid');
  function pausePid(): number | undefined {
    if (!existsSync(pausePath())) return undefined;
    const pid = Number(readFileSync(pausePath(), 'utf8'));
    return existsSync(`/proc/${pid}`) ? pid : undefined;
  }

  const line = (args: string[]) => ['--reuid', String(uid), '--regid', String(gid), '--init-groups', bun, main, ...args];
  const env = () => ({ HOME: home, USER: user, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', XDG_RUNTIME_DIR: home });
  const selkie = (...args: string[]) => spawnSync('setpriv', line(args), { encoding: 'utf8', cwd: '/usr', env: env() });

  it('becomes root with the subordinate ids behind, in a namespace that stays', () => {
    const first = selkie(
      'unshare',
      'sh',
      '-c',
      'id -u; pwd; cat /proc/self/uid_map; readlink /proc/self/ns/user /proc/self/ns/mnt; echo $_CONTAINERS_ROOTLESS_UID',
    );
    expect(first.status).toBe(0);
    const lines = first.stdout.trim().split('\n');
    expect(lines.slice(0, 2)).toEqual(['0', '/usr']);
    expect(lines[2]!.trim().split(/\s+/)).toEqual(['0', String(uid), '1']);
    expect(lines[3]!.trim()).toMatch(/^1\s+\d+\s+65536$/);
    expect(lines.at(-1)).toBe(String(uid));
    const pid = pausePid();
    expect(pid).toBeDefined();
    const second = selkie('unshare', 'readlink', '/proc/self/ns/user', '/proc/self/ns/mnt');
    expect(second.stdout.trim().split('\n')).toEqual(lines.slice(4, 6));
    expect(pausePid()).toBe(pid);
  });

  it('makes one namespace when many commands come first', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn('setpriv', line(['unshare', 'readlink', '/proc/self/ns/user']), { cwd: '/', env: env() });
        let text = '';
        child.stdout.on('data', (part: Buffer) => {
          text += part;
        });
        return new Promise<string>((done) => child.on('close', () => done(text)));
      }),
    );
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toMatch(/^user:\[\d+\]\n$/);
  });

  it.each(['999999999', '1', 'x', ''])('gets over a pid file that says %j', (text) => {
    expect(selkie('unshare', 'true').status).toBe(0);
    const before = pausePid()!;
    process.kill(before, 'SIGKILL');
    writeFileSync(pausePath(), text);
    const after = selkie('unshare', 'id', '-u');
    expect(after.stdout).toBe('0\n');
    expect(pausePid()).not.toBe(before);
  });

  it('keeps to the namespace of containers that outlived the pause process', () => {
    const where = () => selkie('unshare', 'readlink', '/proc/self/ns/user', '/proc/self/ns/mnt').stdout;
    const before = where();
    const first = pausePid()!;
    const directory = join(home, 'containers/overlay-containers/one/userdata');
    selkie('unshare', 'sh', '-c', `mkdir -p ${directory}; setsid sleep 60 >/dev/null 2>&1 & echo $! > ${directory}/conmon.pid`);
    const monitor = Number(readFileSync(join(directory, 'conmon.pid'), 'utf8'));
    try {
      process.kill(first, 'SIGKILL');
      while (pausePid() === first && !readFileSync(`/proc/${first}/stat`, 'utf8').includes(') Z ')) Bun.sleepSync(5);
      expect(where()).toBe(before);
      expect([first, monitor]).not.toContain(pausePid());
      process.kill(monitor, 'SIGKILL');
      expect(where()).toBe(before);
    } finally {
      if (existsSync(`/proc/${monitor}`)) process.kill(monitor, 'SIGKILL');
    }
  });

  it('passes exit codes on', () => {
    expect(selkie('unshare', 'sh', '-c', 'exit 7').status).toBe(7);
    expect(selkie('unshare', 'sh', '-c', 'kill -9 $$').status).toBe(137);
    const lost = selkie('unshare', 'no-such-program');
    expect([lost.status, lost.stderr.split('\n').at(-2)]).toEqual([
      127,
      'Error: exec: "no-such-program": executable file not found in $PATH',
    ]);
  });

  it('gives its namespaces up at migration', () => {
    selkie('unshare', 'true');
    const pid = pausePid()!;
    expect(selkie('system', 'migrate').status).toBe(0);
    expect(existsSync(pausePath())).toBe(false);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^State:\s+Z/m);
  });

  it('needs none of it for what needs no store', () => {
    expect(selkie('version').status).toBe(0);
    expect(existsSync(pausePath())).toBe(false);
  });

  it('is told that root needs no unshare', () => {
    const asRoot = spawnSync(bun, [main, 'unshare', 'true'], { encoding: 'utf8' });
    expect([asRoot.status, asRoot.stderr]).toEqual([125, 'Error: please use unshare with rootless\n']);
  });

  it.skipIf(existsSync('/run/systemd/system') || !existsSync('dist/hello.tar'))("has its containers' health checked", () => {
    const store = ['--root', join(home, 'root'), '--runroot', join(home, 'run')];
    const podman = (...args: string[]) => selkie(...store, ...args).stdout.trim();
    podman('load', '-q', '-i', resolve('dist/hello.tar'));
    podman(
      'run',
      '-d',
      '--name',
      'h',
      '--net=none',
      '--ulimit=host',
      '--health-cmd',
      'true',
      '--health-interval',
      '1s',
      'selkie/hello',
      'sleep',
      '60',
    );
    try {
      podman('wait', '--condition', 'healthy', '--condition', 'unhealthy', 'h');
      expect(podman('inspect', '--format', '{{.State.Health.Status}}', 'h')).toBe('healthy');
    } finally {
      podman('rm', '-f', '-t', '0', 'h');
      selkie('unshare', 'rm', '-rf', store[1]!, store[3]!);
    }
  });
});
