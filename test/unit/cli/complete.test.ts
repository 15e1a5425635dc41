import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { completionScript, shells } from '../../../src/cli/complete/scripts/index.ts';

const root = join(import.meta.dirname, '../../..');
const store = mkdtempSync(join(tmpdir(), 'selkie-complete-'));
afterAll(() => rmSync(store, { recursive: true }));

function complete(...words: string[]): { lines: string[]; directive: number; stderr: string } {
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/bun'), ['src/main.ts', ...words], { cwd: root, encoding: 'utf8' });
  const lines = stdout.split('\n').slice(0, -1);
  return { lines: lines.slice(0, -1), directive: Number(lines.at(-1)!.slice(1)), stderr };
}
const words = (...given: string[]) => complete('__completeNoDesc', ...given).lines;

test('candidates come with what they are, a directive, and its name', () => {
  const { lines, directive, stderr } = complete('__complete', 'image', 'l');
  expect(lines).toEqual(['list\tList images', 'load\tLoad images from an archive']);
  expect(directive).toBe(4);
  expect(stderr).toBe('Completion ended with directive: ShellCompDirectiveNoFileComp\n');
});

test.each([
  [
    ['run', '--net'],
    ['--network', '--network-alias'],
  ],
  [
    ['run', '--pull', 'n'],
    ['never', 'newer'],
  ],
  [['run', '--pull=m'], ['missing']],
  [['ps', '--filter', 'status=r'], ['status=running']],
  [
    ['kill', '--signal', 'US'],
    ['USR1', 'USR2'],
  ],
  [
    ['kill', '--signal', 'SIGUS'],
    ['SIGUSR1', 'SIGUSR2'],
  ],
  [
    ['--log-level', 'w'],
    ['warn', 'warning'],
  ],
  [['ps', '--format', '{{.Nam'], ['{{.Name', '{{.Names}}'].slice(1)],
  [
    ['help', 'imag'],
    ['image', 'images'],
  ],
  [['top', 'x', 'us'], ['user']],
  [['network', 'connect', 'podm'], ['podman']],
  [['buildah', 'fr'], ['from']],
  [
    ['skopeo', 'copy', 'docker-'],
    ['docker-archive:', 'docker-daemon:'],
  ],
  [['completion', 'z'], ['zsh']],
  [['run', '--rm', '--rm'], []],
])('%o', (given, expected) => {
  expect(words('--root', store, '--runroot', store, ...given)).toEqual(expect.arrayContaining(expected));
});

describe('what the shell may do', () => {
  test.each([
    [['load', '--input', ''], 0],
    [['build', ''], 0],
    [['run', '--user', 'ro'], 2],
    [['commit', '--change', ''], 2],
    [['volume', 'create', ''], 4],
    [['run', '--security-opt', ''], 6],
    [['foo', ''], 0],
  ])('%o', (given, directive) => expect(complete('__complete', ...given).directive).toBe(directive));
});

test('a flag that was given is not offered again, unless it may be repeated', () => {
  expect(words('run', '--rm', '--r')).not.toContain('--rm');
  expect(words('run', '--env', 'a', '--en')).toContain('--env');
});

test.each(shells)('the script for %s asks the program', (shell) => {
  expect(completionScript(shell, 'podman')).toContain('__complete');
  expect(completionScript(shell, 'podman', false)).toContain('__completeNoDesc');
});

test('bash takes the script and completes with it', () => {
  const script = join(store, 'completion.bash');
  writeFileSync(script, completionScript('bash', 'selkie'));
  const program = `
    selkie() { "${join(root, 'node_modules/.bin/bun')}" "${join(root, 'src/main.ts')}" "$@"; }
    source "${script}"
    COMP_LINE='selkie ps --filter status=r' COMP_WORDS=(selkie ps --filter status = r) COMP_CWORD=5 COMP_TYPE=9
    __selkie_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(spawnSync('bash', ['-c', program], { encoding: 'utf8' }).stdout).toBe('running\n');
});

test.each([
  ['zsh', 'zsh'],
  ['fish', 'fish'],
] as const)('%s can read its script', (shell, program) => {
  const script = join(store, `completion.${shell}`);
  writeFileSync(script, completionScript(shell, 'selkie'));
  const { error, status, stderr } = spawnSync(program, ['-n', script], { encoding: 'utf8' });
  if (error) return; // the shell is not installed here
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
