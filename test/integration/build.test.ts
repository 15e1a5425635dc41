import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

  it.each([['--volume', '/tmp:/x'], ['--device', '/dev/null'], ['--inherit-labels=false'], ['--rm=false']])(
    'refuses %s, which cannot act yet',
    (...flags) => {
      expect(build({ Containerfile: 'FROM localhost/selkie/hello\nRUN true\n' }, ...flags)).toMatchObject({
        status: 125,
        stderr: expect.stringMatching(/^Error: .* is not available in selkie yet\n$/),
      });
    },
  );

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
    expect(result.stdout).toContain('[1/2] STEP 2/2: RUN echo one > /1');
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
    const result = build({ Containerfile: 'FROM localhost/selkie/hello\n' }, '--sbom', 'syft');
    expect(result.status).toBe(125);
    expect(result.stderr).toBe('Error: build --sbom is not available in selkie yet\n');
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
