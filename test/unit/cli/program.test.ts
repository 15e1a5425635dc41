import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locate } from '../../../src/cli/locate.ts';
import { programName, versionText } from '../../../src/cli/program.ts';
import { treeOf } from '../../../src/cli/trees.ts';

const root = join(import.meta.dirname, '../../..');
const selkie = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/bun'), ['src/main.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

test.each([
  ['/usr/bin/podman', 'podman'],
  ['buildah', 'buildah'],
  ['./skopeo', 'skopeo'],
  ['/usr/bin/selkie', 'selkie'],
  ['bun', 'selkie'],
])('called as %s it is %s', (argv0, name) => expect(programName(argv0)).toBe(name));

test.each([
  ['podman', 'podman version 5.8.6'],
  ['buildah', 'buildah version 1.43.2 (image-spec 1.1.1, runtime-spec 1.2.1)'],
  ['skopeo', 'skopeo version 1.22.0'],
] as const)('%s --version', (program, text) => expect(versionText(program)).toBe(text));

describe('finding the command', () => {
  const at = (line: string, program: 'podman' | 'buildah' | 'selkie' = 'podman') => {
    const { words, rest, given, program: found } = locate(program, treeOf(program), line.split(' '));
    return { words: words.join(' '), rest, given: Object.fromEntries(given), program: found };
  };
  test.each([
    ['image ls -a', { words: 'image list', rest: ['-a'] }],
    ['ps', { words: 'ps', rest: [] }],
    ['--root /x --log-level=debug ps -a', { words: 'ps', rest: ['-a'], given: { root: '/x', 'log-level': 'debug' } }],
    ['-r image', { words: 'image', given: { remote: true } }],
    ['image foo', { words: 'image', rest: ['foo'] }],
    ['run --rm img ps', { words: 'run', rest: ['--rm', 'img', 'ps'] }],
  ])('%s', (line, expected) => expect(at(line)).toMatchObject(expected));

  test("buildah's own flags may come first", () => {
    expect(at('--root /x --log-level debug from --name a img', 'buildah')).toMatchObject({
      words: 'from',
      rest: ['--root', '/x', '--log-level', 'debug', '--name', 'a', 'img'],
    });
  });
  test('selkie has the other programs inside', () => {
    expect(at('buildah from img', 'selkie')).toMatchObject({ words: 'buildah from', program: 'buildah' });
  });
});

describe('what is printed when the line is wrong', () => {
  test.each([
    [
      ['foo'],
      125,
      "Error: unrecognized command `selkie foo`\n\nDid you mean this?\n\tpod\n\ttop\n\nTry 'selkie --help' for more information\n",
    ],
    [['run', '--foo'], 125, "Error: unknown flag: --foo\nSee 'selkie run --help'\n"],
    [['image', 'ls', '--foo'], 125, "Error: unknown flag: --foo\nSee 'selkie image list --help'\n"],
    [['tag', 'a'], 125, 'Error: requires at least 2 arg(s), only received 1\n'],
    [
      ['--log-level=loud', 'ps'],
      1,
      'Log Level "loud" is not supported, choose from: trace, debug, info, warn, warning, error, fatal, panic\n',
    ],
    [['buildah', 'rmi', '-Z'], 125, "Error: unknown shorthand flag: 'Z' in -Z\n"],
  ])('%o', (args, status, stderr) => expect(selkie(...args)).toEqual({ status, stdout: '', stderr }));

  test('skopeo says it in its log', () => {
    const { status, stderr } = selkie('skopeo', 'copy', '--foo');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^time="[^"]+" level=fatal msg="unknown flag: --foo"\n$/);
  });
  test('a group alone explains itself and fails', () => {
    const { status, stdout, stderr } = selkie('image');
    expect(status).toBe(125);
    expect(stdout).toContain('Usage:\n  selkie image [command]\n');
    expect(stderr).toBe("Error: missing command 'selkie image COMMAND'\n");
  });
});

test('a reader that leaves ends it silently', () => {
  const script = `"${join(root, 'node_modules/.bin/bun')}" src/main.ts run --help | head -1; echo "\${PIPESTATUS[0]}"`;
  expect(execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })).toMatch(
    /^Run a command in a new container\n\d+\n$/,
  );
});
