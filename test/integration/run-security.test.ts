import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bait, ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('run, against hostile images', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  it('S20: passes no descriptor of ours on', () => {
    const { out } = scene.once('bb', 'ls', '/proc/self/fd');
    expect(
      out
        .split('\n')
        .filter((name) => name !== '')
        .map(Number)
        .every((fd) => fd <= 3),
    ).toBe(true);
  });

  it('S22: a mount whose destination is a link of the image lands inside', () => {
    const target = bait(scene);
    scene.busybox('linked', (tree) => symlinkSync(target, join(tree, 'v')));
    const { code, out } = scene.once(
      '--tmpfs',
      '/v',
      '-v',
      `${scene.directory}:/v/w:ro`,
      'linked',
      'sh',
      '-c',
      'echo x > /v/new; ls /v/w > /dev/null && echo mounted',
    );
    expect({ code, out }).toEqual({ code: 0, out: 'mounted\n' });
    expect(readdirSync(target)).toEqual(['file']);
    rmSync(target, { recursive: true });
  });

  it('S23: copy-up follows no link out of the image and overwrites nothing', () => {
    const target = bait(scene, 'host secret');
    scene.busybox('leak', (tree) => {
      rmSync(join(tree, 'data'), { recursive: true });
      symlinkSync(target, join(tree, 'data'));
      mkdirSync(join(tree, 'dir'));
      symlinkSync(join(target, 'file'), join(tree, 'dir/link'));
    });
    expect(scene.once('-v', 'leak:/data', 'leak', 'ls', '/data').out).toBe('');
    const inside = scene.once('-v', 'leak2:/dir', 'leak', 'sh', '-c', 'readlink /dir/link; cat /dir/link');
    expect(inside.out).toBe(`${target}/file\n`);
    scene.lines('volume', 'create', 'full');
    const [mountPoint] = scene.lines('volume', 'inspect', '--format', '{{.Mountpoint}}', 'full');
    writeFileSync(join(mountPoint!, 'mine'), 'mine');
    expect(scene.once('-v', 'full:/data', 'bb', 'ls', '/data').out).toBe('mine\n');
    scene.lines('volume', 'rm', 'leak', 'leak2', 'full');
    rmSync(target, { recursive: true });
  });

  it('S25: hosts, passwd and group are written inside only when /etc is a link', () => {
    const target = bait(scene);
    scene.busybox('etc', (tree) => {
      rmSync(join(tree, 'etc'), { recursive: true });
      symlinkSync(target, join(tree, 'etc'));
    });
    scene.once('-u', '1234', 'etc', 'true');
    expect(readdirSync(target)).toEqual(['file']);
    rmSync(target, { recursive: true });
  });

  it("S26: exactly podman's capabilities, none effective for another user", () => {
    const status = (...args: string[]) =>
      Object.fromEntries(
        [...scene.once(...args, 'bb', 'grep', 'Cap', '/proc/self/status').out.matchAll(/(Cap\w+):\s+(\w+)/g)].map(([, key, value]) => [
          key,
          BigInt(`0x${value}`).toString(16),
        ]),
      );
    expect(status()).toMatchObject({ CapInh: '0', CapPrm: '800405fb', CapEff: '800405fb', CapBnd: '800405fb', CapAmb: '0' });
    expect(status('-u', '1000')).toMatchObject({ CapInh: '0', CapPrm: '0', CapEff: '0', CapBnd: '800405fb', CapAmb: '0' });
  });

  it('S27: only the groups of the image and those asked for', () => {
    expect(scene.once('-u', 'user', 'bb', 'id', '-G').out).toBe('1000 10\n');
    expect(scene.once('-u', '4321', '--group-add', '77', 'bb', 'id', '-G').out).toBe('0 77\n');
  });

  it('S28: seccomp is on, no-new-privileges is honoured, masked places are empty', () => {
    const { out } = scene.once('--security-opt', 'no-new-privileges', 'bb', 'grep', '-E', 'Seccomp:|NoNewPrivs', '/proc/self/status');
    expect(out.replaceAll(/\s+/g, ' ')).toBe('NoNewPrivs: 1 Seccomp: 2 ');
    expect(scene.once('bb', 'unshare', '-m', 'true').code).not.toBe(0);
    expect(scene.once('bb', 'sh', '-c', 'ls /sys/firmware; cat /proc/keys').out).toBe('');
    expect(scene.once('bb', 'sh', '-c', 'echo 1 > /proc/sys/kernel/msgmax').code).not.toBe(0);
  });

  it('S30: a huge, special or linked passwd does no harm', () => {
    const target = bait(scene, 'user:x:0:0::/:/bin/sh\n');
    scene.busybox('huge', (tree) => truncateSync(join(tree, 'etc/passwd'), 100 << 20));
    expect(scene.once('-u', 'user', 'huge', 'true').err).toMatch(/passwd in the container is larger than/);
    scene.busybox('fifo', (tree) => {
      rmSync(join(tree, 'etc/passwd'));
      execFileSync('mkfifo', [join(tree, 'etc/passwd')]);
    });
    expect(scene.once('-u', '5', 'fifo', 'true').code).not.toBe(0);
    scene.busybox('linkpw', (tree) => {
      rmSync(join(tree, 'etc/passwd'));
      symlinkSync(join(target, 'file'), join(tree, 'etc/passwd'));
    });
    expect(scene.once('-u', 'user', 'linkpw', 'id').err).toMatch(/unable to find user user/);
    rmSync(target, { recursive: true });
  });

  it('S31: names and host names that are no names are refused', () => {
    for (const name of ['../x', 'a/b', 'a\nb', '\u001b[31m', `-${'x'.repeat(10)}`]) {
      expect(scene.podman('create', '--net=none', `--name=${name}`, 'bb').code).toBe(125);
    }
    expect(scene.podman('create', '--net=none', '--hostname', 'a\nb', 'bb').code).toBe(125);
    expect(scene.podman('create', '--net=none', '--hostname', '../x', 'bb').code).toBe(125);
    const label = 'x'.repeat(1 << 16);
    const [id] = scene.lines('create', '--net=none', '--label', `big=${label}`, 'bb');
    expect(scene.lines('inspect', '--format', '{{len (index .Config.Labels "big")}}', id!)).toEqual([String(1 << 16)]);
    scene.lines('rm', id!);
  });

  it('S32: no line can be smuggled into passwd or hosts', () => {
    expect(scene.once('--add-host', 'a:1.2.3.4\nevil:6.6.6.6', 'bb', 'cat', '/etc/hosts').out).not.toContain('evil');
    expect(scene.podman('create', '--net=none', '--add-host', '"a\nevil:6.6.6.6"', 'bb').code).toBe(125);
    expect(scene.podman('create', '--net=none', '--passwd-entry', 'a:*:1:1::/:/bin/sh\nevil:*:0:0::/:/bin/sh', '-u', '77', 'bb').code).toBe(
      125,
    );
    const workdir = scene.once('-u', '77', '-w', '/tmp/a\nevil:x:0:0::/:', 'bb', 'true');
    expect(workdir.code).not.toBe(0);
  });

  it('S33: a secret is in no inspection, event, history or file that others can read', () => {
    const value = `secret-${Math.random()}`;
    scene.run('podman', ['secret', 'create', 'hidden', '-'], { input: value });
    const [id] = scene.lines('create', '--net=none', '--secret', 'hidden', '--secret', 'hidden,type=env,target=HIDDEN', 'bb', 'env');
    const shown = [scene.podman('inspect', id!), scene.podman('events', '--stream=false'), scene.podman('ps', '-a', '--format', 'json')];
    for (const { out, err } of shown) expect(out + err).not.toContain(value);
    const state =
      readFileSync(join(scene.root, 'selkie/state.sqlite'), 'latin1') + readFileSync(join(scene.root, 'secrets/secrets.json'), 'latin1');
    expect(state).not.toContain(value);
    const modes = execFileSync('find', [join(scene.root, 'secrets'), '-type', 'f', '-perm', '/077', '-name', '*.json'], {
      encoding: 'utf8',
    });
    expect(modes).toBe('');
    scene.lines('rm', id!);
    scene.lines('secret', 'rm', 'hidden');
  });

  it('S21: our own executable is no file that the container could open for writing', () => {
    const { out } = scene.once('bb', 'sh', '-c', 'readlink /proc/1/exe; for map in /proc/1/maps; do grep -c selkie $map; done');
    expect(out).toBe('/bin/busybox\n0\n');
    scene.lines('run', '-d', '--net=none', '--name', 'exe', 'bb', 'sleep', '100');
    const script = 'for exe in /proc/[0-9]*/exe; do readlink $exe; done';
    expect(new Set(scene.lines('exec', 'exe', 'sh', '-c', script))).toEqual(new Set(['/bin/busybox']));
    scene.lines('rm', '-f', '-t', '0', 'exe');
  });

  it('S29: top runs nothing of the container, and shows what it can of hostile names', () => {
    scene.busybox('topped', (tree) => {
      writeFileSync(join(tree, 'bin/ps-trap'), '#!/bin/sh\ntouch /trapped\n', { mode: 0o755 });
      rmSync(join(tree, 'bin/ps'));
      symlinkSync('ps-trap', join(tree, 'bin/ps'));
      writeFileSync(join(tree, 'etc/passwd'), 'ev\x1b[31mil:x:0:0::/:/bin/sh\n'.repeat(1000));
    });
    scene.lines('run', '-d', '--net=none', '--name', 'topped', 'topped', 'sleep', '100');
    const { code, out } = scene.podman('top', 'topped', 'user', 'args');
    expect(code).toBe(0);
    expect(out).not.toContain('\x1b');
    expect(scene.podman('exec', 'topped', 'stat', '/trapped').code).not.toBe(0);
    scene.lines('rm', '-f', '-t', '0', 'topped');
  });

  it('S34: a log that was replaced by a link is not followed; NUL bytes and endless lines come whole', () => {
    scene.lines('run', '--net=none', '--name', 'logged', 'bb', 'sh', '-c', 'printf "a\\0b\\n"; head -c 3000000 /dev/zero');
    const { out } = scene.podman('logs', 'logged');
    expect(out.startsWith('a\0b\n')).toBe(true);
    expect(out.replaceAll('\n', '').length).toBe(3_000_003);
    const [log] = scene.lines('inspect', '--format', '{{.HostConfig.LogConfig.Path}}', 'logged');
    const target = bait(scene, '2026-01-01T00:00:00.000000000+00:00 stdout F host secret\n');
    rmSync(log!);
    symlinkSync(join(target, 'file'), log!);
    const linked = scene.podman('logs', 'logged');
    expect(linked.code).not.toBe(0);
    expect(linked.out).toBe('');
    expect(linked.err).toContain('unable to read log file');
    scene.lines('rm', 'logged');
    expect(readFileSync(join(target, 'file'), 'utf8')).toContain('host secret');
    rmSync(target, { recursive: true });
  });

  it("S35: state, sockets and stores are nobody else's to read or write", () => {
    scene.lines('run', '-d', '--net=none', '--name', 'kept', 'bb', 'sleep', '100');
    const [id] = scene.lines('inspect', '--format', '{{.Id}}', 'kept');
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    expect(modeOf(join(scene.root, 'selkie'))).toBe(0o700);
    expect(modeOf(join(scene.runroot, 'selkie'))).toBe(0o700);
    const bundle = join(scene.root, 'overlay-containers', id!, 'userdata');
    expect(modeOf(bundle) & 0o077).toBe(0);
    expect(modeOf(join(bundle, 'attach')) & 0o077).toBe(0);
    expect(modeOf(join(bundle, 'ctl')) & 0o007).toBe(0);
    expect(modeOf(join(bundle, 'ctr.log')) & 0o007).toBe(0);
    scene.lines('rm', '-f', '-t', '0', 'kept');
  });

  it('S24: cp in and out stays inside while links are exchanged', () => {
    const target = bait(scene, 'host secret');
    const exchange = `while :; do rm -rf /data/d; ln -s ${target} /data/d; rm /data/d; mkdir /data/d; done`;
    scene.busybox('moving', (tree) => {
      for (const applet of ['rm', 'ln']) symlinkSync('busybox', join(tree, 'bin', applet));
    });
    scene.lines('run', '-d', '--net=none', '--name', 'moving', 'moving', 'sh', '-c', exchange);
    const file = join(scene.directory, 'copied-in');
    writeFileSync(file, 'from outside');
    const out = join(scene.directory, 'copied-out');
    for (let round = 0; round < 10; round++) {
      scene.podman('cp', file, 'moving:/data/d/file');
      rmSync(out, { force: true });
      // What vanishes meanwhile is an error.
      if (scene.podman('cp', 'moving:/data/d/file', out).code === 0) expect(readFileSync(out, 'utf8')).not.toContain('host secret');
    }
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('host secret');
    scene.lines('rm', '-f', '-t', '0', 'moving');
    rmSync(target, { recursive: true });
  });

  it('S37: export, volume export and volume import stay inside while links are exchanged', () => {
    const target = bait(scene, 'host secret');
    const exchange = `while :; do rm -rf /vol/d /data/d; ln -s ${target} /vol/d; ln -s ${target} /data/d; rm /vol/d /data/d; mkdir /vol/d /data/d; done`;
    scene.busybox('exchanging', (tree) => {
      for (const applet of ['rm', 'ln']) symlinkSync('busybox', join(tree, 'bin', applet));
    });
    scene.lines('run', '-d', '--net=none', '--name', 'exchanging', '-v', 'exchanged:/vol', 'exchanging', 'sh', '-c', exchange);
    const tar = join(scene.directory, 'exported.tar');
    for (let round = 0; round < 5; round++) {
      for (const args of [
        ['export', '-o', tar, 'exchanging'],
        ['volume', 'export', '-o', tar, 'exchanged'],
      ]) {
        // What vanishes while it is read may be an error, never another file.
        scene.podman(...args);
        expect(readFileSync(tar).includes('host secret')).toBe(false);
      }
    }
    scene.lines('rm', '-f', '-t', '0', 'exchanging');
    const tree = join(scene.directory, 'climbing');
    mkdirSync(tree);
    symlinkSync(target, join(tree, 'link'));
    execFileSync('tar', ['-C', tree, '-cf', tar, 'link']);
    rmSync(join(tree, 'link'));
    mkdirSync(join(tree, 'link'));
    writeFileSync(join(tree, 'link/file'), 'overwritten');
    execFileSync('tar', ['-C', tree, '-rf', tar, 'link/file']);
    scene.lines('volume', 'create', 'imported');
    scene.podman('volume', 'import', 'imported', tar);
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('host secret');
    scene.lines('volume', 'rm', 'exchanged', 'imported');
    rmSync(target, { recursive: true });
  });

  it('S36: YAML of Kubernetes: a bomb of aliases ends in an error, a path through links stays in its volume', () => {
    const yaml = join(scene.directory, 'bomb.yaml');
    const levels = Array.from(
      { length: 12 },
      (_, at) =>
        `l${at}: &l${at} [${
          at === 0
            ? 'x'
            : Array(10)
                .fill(`*l${at - 1}`)
                .join()
        }]`,
    );
    writeFileSync(
      yaml,
      `apiVersion: v1\nkind: Pod\nmetadata: {name: bomb}\n${levels.join('\n')}\nspec: {containers: [{name: c, image: bb}]}\n`,
    );
    const start = performance.now();
    const { code } = scene.podman('kube', 'play', yaml);
    expect(code).not.toBe(0);
    expect(performance.now() - start).toBeLessThan(10_000);
    const target = bait(scene, 'host secret');
    scene.lines('volume', 'create', 'claim');
    const [mountPoint] = scene.lines('volume', 'inspect', '--format', '{{.Mountpoint}}', 'claim');
    symlinkSync(target, join(mountPoint!, 'out'));
    const volume = 'volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]';
    const mount = 'volumeMounts: [{name: v, mountPath: /v, subPath: out}]';
    const container = `containers: [{name: c, image: localhost/bb:latest, command: [cat, /v/file], ${mount}}]`;
    writeFileSync(
      yaml,
      `apiVersion: v1\nkind: Pod\nmetadata: {name: sub}\nspec: {restartPolicy: Never, hostNetwork: true, ${container}, ${volume}}\n`,
    );
    const played = scene.podman('kube', 'play', yaml);
    const logs = scene.podman('logs', 'sub-c');
    expect(`${played.out}${played.err}${logs.out}${logs.err}`).not.toContain('host secret');
    scene.podman('kube', 'down', yaml);
    scene.podman('pod', 'rm', '-fa', '-t', '0');
    scene.lines('volume', 'rm', '-f', 'claim');
    rmSync(target, { recursive: true });
  });

  it('S38: a health check without a shell gets its words as they are; a hook gets a clean environment', () => {
    const trace = join(scene.directory, 'hook-ran');
    const program = join(scene.directory, 'hook');
    writeFileSync(program, `#!/bin/sh\nenv > ${trace}\n`, { mode: 0o755 });
    const hooks = join(scene.directory, 'hooks');
    mkdirSync(hooks);
    const hook = { version: '1.0.0', hook: { path: program, env: ['ONLY=this'] }, when: { always: true }, stages: ['prestart'] };
    writeFileSync(join(hooks, 'one.json'), JSON.stringify(hook));
    const [command, ...words] = scene.command('podman', ['--hooks-dir', hooks, 'run', '-d', '--net=none', '--name', 'checked']);
    const check = ['--health-cmd', '["/bin/echo","$(id)","; touch /x"]', 'bb', 'sleep', '100'];
    execFileSync(command!, [...words, ...check], { env: { ...process.env, HOSTSECRET: 'leaked' } });
    const environment = readFileSync(trace, 'utf8');
    expect(environment).toContain('ONLY=this');
    expect(environment).not.toContain('HOSTSECRET');
    expect(scene.podman('healthcheck', 'run', 'checked').code).toBe(0);
    const [logged] = JSON.parse(scene.podman('inspect', 'checked').out) as [{ State: { Health: { Log: { Output: string }[] } } }];
    expect(logged.State.Health.Log.at(-1)!.Output.trim()).toBe('$(id) ; touch /x');
    scene.lines('rm', '-f', '-t', '0', 'checked');
  });

  it('S62: what mounts.conf brings lands inside when the image has links in its way', () => {
    const target = bait(scene);
    const given = join(scene.directory, 'given');
    mkdirSync(given);
    writeFileSync(join(given, 'entitlement'), 'given\n');
    writeFileSync(join(scene.directory, 'mounts.conf'), `${given}:/run/secrets\n`);
    scene.busybox('mounted', (tree) => {
      mkdirSync(join(tree, target), { recursive: true });
      symlinkSync(target, join(tree, 'run'));
    });
    const { code, out, err } = scene.podman(
      ...['--default-mounts-file', join(scene.directory, 'mounts.conf')],
      ...['run', '--rm', '--net=none', 'mounted', 'cat', '/run/secrets/entitlement'],
    );
    expect({ code, out, err }).toEqual({ code: 0, out: 'given\n', err: '' });
    expect(readdirSync(target)).toEqual(['file']);
    rmSync(target, { recursive: true });
  });

  it('S39: a working directory behind a link is made inside', () => {
    const target = bait(scene);
    scene.busybox('workdir', (tree) => symlinkSync(target, join(tree, 'link')), 'WORKDIR /link/deep/er');
    expect(scene.once('workdir', 'pwd').out).toBe(`${target}/deep/er\n`);
    expect(readdirSync(target)).toEqual(['file']);
    rmSync(target, { recursive: true });
  });

  it('S60: an image cannot ask for variables of the host', () => {
    const file = join(scene.directory, 'labels');
    writeFileSync(file, 'HOSTVALUE\nHOST*\nown=1\n');
    const id = scene.image('asks', 'ENV A=b');
    void id;
    scene.busybox('asks2', () => {}, 'ENV HOSTVALUE2=x');
    const env = { HOSTVALUE: 'from-the-host' };
    expect(scene.run('podman', ['run', '--rm', '--net=none', 'asks2', 'env'], { env }).out).not.toContain('from-the-host');
    expect(scene.run('podman', ['run', '--rm', '--net=none', '-e', 'HOSTVALUE', 'bb', 'env'], { env }).out).toContain(
      'HOSTVALUE=from-the-host',
    );
    const created = scene.run('podman', ['create', '--net=none', '--label-file', file, 'bb'], { env }).out.trim();
    expect(scene.lines('inspect', '--format', '{{json .Config.Labels}}', created)).toEqual(['{"own":"1"}']);
    scene.lines('rm', created);
  });

  it.each(['4294967295', '4294967296', '18446744073709551616', '-1', '00', '1000:4294967296'])('S61: user %s is refused', (user) => {
    const { code, out } = scene.once(`--user=${user}`, 'bb', 'id', '-u');
    expect(code).not.toBe(0);
    expect(out).toBe('');
  });
});
