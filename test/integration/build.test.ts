import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const isRoot = process.getuid!() === 0;
const directory = mkdtempSync(join(tmpdir(), 'selkie-build-'));
// Nobody here may raise limits above the hard ones, which podman's defaults are.
writeFileSync(join(directory, 'containers.conf'), '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n');
const store = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];

function tool(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, [...store, ...args], {
    encoding: 'utf8',
    env: { ...process.env, CONTAINERS_CONF: join(directory, 'containers.conf') },
  });
  return { status, stdout, stderr };
}
const selkie = (...args: string[]) => tool('dist/selkie', ...args);
const podman = (...args: string[]) => tool('podman', ...args);

function context(name: string, files: Record<string, string>): string {
  const path = join(directory, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

function build(files: Record<string, string>, ...flags: string[]) {
  const path = context(`c${Math.random().toString(36).slice(2)}`, files);
  return selkie('build', '--network', 'none', ...flags, path);
}

/** What a command prints in a container of the image, run by the real podman. */
const inPodman = (image: string, ...command: string[]) => podman('run', '--rm', '--network', 'none', image, ...command).stdout;

describe.runIf(isRoot)('build', () => {
  beforeAll(() => {
    expect(selkie('load', '-q', '-i', 'dist/hello.tar').status).toBe(0);
  });
  afterAll(() => {
    podman('rmi', '-fa');
    spawnSync('umount', ['-R', join(directory, 'root', 'overlay')]);
    rmSync(directory, { recursive: true, force: true });
  });

  it('runs, copies and configures; the real podman runs the result', () => {
    const result = build(
      {
        Containerfile:
          'FROM localhost/selkie/hello\nARG V=3\nENV A=$V\nRUN echo built $A > /x\nCOPY --chmod=640 a.txt /in/z\nCOPY d /dd/\nWORKDIR /w\nUSER 7:8\nEXPOSE 80\nLABEL k="v w"\nCMD ["cat","/x"]\n',
        'a.txt': 'hi',
        'd/e/f': 'deep',
      },
      '-t',
      'built:1',
    );
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout).toMatch(/^STEP 1\/11: FROM localhost\/selkie\/hello\n/);
    expect(result.stdout).toMatch(/\nCOMMIT .*built:1\n--> [0-9a-f]{12}\nSuccessfully tagged localhost\/built:1\n[0-9a-f]{64}\n$/);
    expect(inPodman('localhost/built:1')).toBe('built 3\n');
    expect(inPodman('localhost/built:1', 'ls', '-ln', '/in/z')).toMatch(/^-rw-r-----\s+1 0\s+0\s+2 /);
    expect(inPodman('localhost/built:1', 'cat', '/dd/e/f')).toBe('deep');
    expect(inPodman('localhost/built:1', 'id', '-u')).toBe('7\n');
    const [inspected] = JSON.parse(podman('image', 'inspect', 'localhost/built:1').stdout);
    expect(inspected.Config).toMatchObject({ WorkingDir: '/w', User: '7:8', Cmd: ['cat', '/x'], ExposedPorts: { '80/tcp': {} } });
    expect(inspected.Config.Env).toContain('A=3');
    expect(inspected.Labels).toMatchObject({ k: 'v w' });
  });

  it('takes unchanged steps from the cache, and the real podman takes them too', () => {
    const files = { Containerfile: 'FROM localhost/selkie/hello\nRUN echo 1 > /one\nCOPY f /f\nENV E=1\n', f: 'same' };
    const first = build(files, '-t', 'cached');
    const again = build(files, '-t', 'cached');
    expect(again.stdout.match(/--> Using cache [0-9a-f]{64}/g)).toHaveLength(3);
    expect(again.stdout.split('\n').at(-2)).toBe(first.stdout.split('\n').at(-2));
    const changed = build({ ...files, f: 'other' }, '-t', 'cached');
    expect(changed.stdout.match(/--> Using cache/g)).toHaveLength(1);
  });

  it('runs a step again when what a bind mount shows it has changed', () => {
    const files = {
      Containerfile: 'FROM localhost/selkie/hello\nRUN --mount=type=bind,source=d,target=/mnt cat /mnt/f > /copy\n',
      'd/f': 'old',
    };
    build(files, '-t', 'bound');
    expect(build(files, '-t', 'bound').stdout).toContain('--> Using cache');
    expect(build({ ...files, 'd/f': 'new' }, '-t', 'bound').stdout).not.toContain('--> Using cache');
    expect(inPodman('localhost/bound', 'cat', '/copy')).toBe('new');
  });

  it('gives a step the groups of --group-add', () => {
    const result = build({ Containerfile: 'FROM localhost/selkie/hello\nRUN id -G > /groups\n' }, '-t', 'grouped', '--group-add', '77');
    expect(result.status).toBe(0);
    expect(inPodman('localhost/grouped', 'cat', '/groups').split(/\s+/)).toContain('77');
  });

  it('lets RUN see volumes and devices of the machine', () => {
    const shown = context('shown', { f: 'from outside' });
    const text = 'FROM localhost/selkie/hello\nRUN cat /v/f > /copy && echo lost > /v/g && ls -l /dev/selkie0 > /device\n';
    const flags = ['--volume', `${shown}:/v:O`, '--device', '/dev/null:/dev/selkie0'];
    expect(build({ Containerfile: text }, '-t', 'seen', ...flags).status).toBe(0);
    expect(inPodman('localhost/seen', 'cat', '/copy')).toBe('from outside');
    expect(inPodman('localhost/seen', 'cat', '/device')).toMatch(/^c/);
    expect(existsSync(join(shown, 'g'))).toBe(false);
  });

  it('builds in a user namespace, with owners in the image as they are inside', () => {
    const text = 'FROM localhost/selkie/hello\nRUN cat /proc/self/uid_map > /map\nCOPY --chown=5:6 f /in/f\nRUN touch /in/g\n';
    const flags = ['--userns-uid-map', '0:300000:65536', '-t', 'mapped'];
    expect(build({ Containerfile: text, f: '' }, ...flags)).toMatchObject({ status: 0, stderr: '' });
    expect(inPodman('localhost/mapped', 'cat', '/map')).toMatch(/^\s+0\s+300000\s+65536\n$/);
    expect(inPodman('localhost/mapped', 'ls', '-ln', '/in')).toMatch(/ 5 +6 .* f\n.* 0 +0 .* g\n$/);
  });

  it('keeps working containers with --rm=false, and inherits labels unless told not to', () => {
    const files = { Containerfile: 'FROM localhost/selkie/hello\nLABEL a=b\n' };
    build(files, '-t', 'labelled');
    const upon = { Containerfile: 'FROM localhost/labelled\nRUN true\nLABEL c=d\n' };
    const before = selkie('ps', '-a', '--external', '-q').stdout.split('\n').length;
    expect(build(upon, '-t', 'unlabelled', '--inherit-labels=false', '--rm=false').status).toBe(0);
    expect(selkie('ps', '-a', '--external', '-q').stdout.split('\n').length).toBeGreaterThan(before);
    const labels = (name: string) => JSON.parse(podman('image', 'inspect', name).stdout)[0].Labels;
    expect(labels('localhost/unlabelled')).toEqual({ c: 'd', 'io.buildah.version': expect.any(String) });
    selkie('rm', '-fa');
  });

  it('makes the same image at the same --timestamp, whenever it is built', () => {
    const files = { Containerfile: 'FROM localhost/selkie/hello\nRUN echo 1 > /one\nCOPY f /f\n', f: 'same' };
    const ids = [1, 2].map(() => build(files, '--timestamp', '86400', '--no-cache', '-q').stdout);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}\n$/);
    expect(ids[1]).toBe(ids[0]!);
  });

  it('writes the result to a tar or a directory', () => {
    const files = { Containerfile: 'FROM localhost/selkie/hello\nRUN echo out > /out\n' };
    const to = join(directory, 'output');
    expect(build(files, '-o', to, '-o', `type=tar,dest=${to}.tar`).status).toBe(0);
    expect(readFileSync(join(to, 'out'), 'utf8')).toBe('out\n');
    expect(execFileSync('tar', ['xOf', `${to}.tar`, 'out'], { encoding: 'utf8' })).toBe('out\n');
  });

  it('builds for several platforms into one list', () => {
    const result = build(
      { Containerfile: 'FROM scratch\nCOPY f /\n', f: '' },
      '--platform',
      'linux/amd64,linux/arm64',
      '--manifest',
      'both',
    );
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('[linux/arm64] STEP 2/2: COPY f /');
    const { manifests } = JSON.parse(selkie('manifest', 'inspect', 'both').stdout);
    expect(manifests.map((entry: { platform: { architecture: string } }) => entry.platform.architecture)).toEqual(['amd64', 'arm64']);
  });

  it('gives a step secrets as files and variables, and leaves neither in the image nor its history', () => {
    const text = 'FROM localhost/selkie/hello\nRUN --mount=type=secret,id=s,env=S test -n "$S" && echo ok > /r\n';
    const file = join(context('secrets', { s: 'b2d81c-quite-secret' }), 's');
    expect(build({ Containerfile: text }, '-t', 'kept-secret', '--secret', `id=s,src=${file}`).status).toBe(0);
    expect(inPodman('localhost/kept-secret', 'cat', '/r')).toBe('ok\n');
    selkie('save', '-q', '-o', join(directory, 'secret.tar'), 'localhost/kept-secret');
    expect(readFileSync(join(directory, 'secret.tar')).includes('b2d81c-quite-secret')).toBe(false);
  });

  it('copies from an earlier stage and leaves out what the target does not need', () => {
    const result = build(
      {
        Containerfile:
          'FROM localhost/selkie/hello AS one\nRUN echo one > /1\nFROM localhost/selkie/hello AS unused\nRUN false\nFROM localhost/selkie/hello\nCOPY --from=one /1 /from-one\n',
      },
      '-t',
      'staged',
    );
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('[1/3] STEP 2/2: RUN echo one > /1');
    expect(inPodman('localhost/staged', 'cat', '/from-one')).toBe('one\n');
  });

  it('keeps nothing of the mounts of a RUN in its layer', () => {
    build({ Containerfile: 'FROM scratch\nCOPY --from=localhost/selkie/hello /bin /bin\nRUN ["/bin/touch", "/made"]\n' }, '-t', 'clean');
    const listed = inPodman('localhost/clean', '/bin/ls', '-A', '/').split('\n');
    const layer = execFileSync(
      'sh',
      [
        '-c',
        `tar tf "$(ls -d ${store[1]}/overlay/*/diff/made | head -1 | xargs dirname)" 2>/dev/null; ls -A "$(dirname ${store[1]}/overlay/*/diff/made)"`,
      ],
      { encoding: 'utf8' },
    );
    expect(listed).toContain('made');
    expect(layer.trim()).toBe('made');
  });

  it('does not follow links out of the context', () => {
    const path = context('links', { Containerfile: 'FROM localhost/selkie/hello\nCOPY link /stolen\n' });
    symlinkSync('/etc/shadow', join(path, 'link'));
    const result = selkie('build', '--network', 'none', path);
    expect(result.status).toBe(125);
    expect(result.stderr).toContain('no such file or directory');
  });

  it('heeds ignore files', () => {
    build(
      {
        Containerfile: 'FROM localhost/selkie/hello\nCOPY . /all\n',
        '.containerignore': '*.log\n!keep.log\n',
        'a.log': '',
        'keep.log': '',
        b: '',
      },
      '-t',
      'ignoring',
    );
    expect(inPodman('localhost/ignoring', 'ls', '/all').split('\n').filter(Boolean).sort()).toEqual(['Containerfile', 'b', 'keep.log']);
  });

  it('ends as the command ended, and leaves no container behind', () => {
    const result = build({ Containerfile: 'FROM localhost/selkie/hello\nRUN exit 7\n' });
    expect(result.status).toBe(7);
    expect(result.stderr).toBe('Error: building at STEP "RUN exit 7": while running runtime: exit status 7\n');
    expect(podman('ps', '-a', '--external', '-q').stdout).toBe('');
  });

  it.each([
    ['FROM localhost/selkie/hello\nCOPY nothere /x\n', 'nothere'],
    ['FROM localhost/selkie/hello\nFOO bar\n', 'unknown instruction: "FOO"'],
    ['RUN x\n', 'no build stage'],
  ])('refuses %j in a line', (text, message) => {
    const result = build({ Containerfile: text });
    expect(result.status).toBe(125);
    expect(result.stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(result.stderr).toContain(message);
  });

  it('does not take a flag that cannot act', () => {
    const result = build({ Containerfile: 'FROM localhost/selkie/hello\n' }, '--cw', 'type=snp');
    expect(result.status).toBe(125);
    expect(result.stderr).toMatch(/^Error: --cw is not available: .*\n$/);
  });

  it('takes its Containerfile or the whole context from standard input', () => {
    const piped = (input: string | Uint8Array) =>
      spawnSync('dist/selkie', [...store, 'build', '-q', '-'], { input, encoding: 'utf8' }).stdout.trim();
    const labelled = piped('FROM localhost/selkie/hello\nLABEL from=stdin\n');
    expect(podman('inspect', '--format', '{{.Labels.from}}', labelled).stdout).toBe('stdin\n');
    const path = context('tarred', { Containerfile: 'FROM localhost/selkie/hello\nCOPY file /copied\n', file: 'in the tar' });
    expect(inPodman(piped(execFileSync('tar', ['-C', path, '-cz', '.'])), 'cat', '/copied')).toBe('in the tar');
  });

  it('names what came from the cache, and says so', () => {
    const files = { Containerfile: 'FROM scratch\nLABEL named=twice\n' };
    expect(build(files, '-t', 'first').stdout).toContain('COMMIT first\n');
    const { stdout } = build(files, '-t', 'second');
    expect(stdout).toMatch(
      /Using cache [\s\S]*COMMIT second\n--> .*\nSuccessfully tagged localhost\/second:latest\nSuccessfully tagged localhost\/first/,
    );
  });

  it('builds as buildah does: one layer for all steps, unless there are to be layers', () => {
    const path = context('buildah', { Containerfile: 'FROM scratch\nCOPY one /\nCOPY two /\n', one: '1', two: '2' });
    const layersOf = (...flags: string[]) => {
      const { status, stdout } = selkie('buildah', 'build', '-q', ...flags, path);
      expect(status).toBe(0);
      return podman('inspect', '--format', '{{len .RootFS.Layers}}', stdout.trim()).stdout.trim();
    };
    expect([layersOf(), layersOf('--layers'), layersOf('--layers', '--squash')]).toEqual(['1', '2', '1']);
  });
});
