import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { findInPath } from '../os/executables.ts';
import { inNetworkNamespace } from '../os/namespaces.ts';

/** A program from util-linux that reaches into namespaces is missing or failed. */
export class NamespaceToolError extends SelkieError {}

/**
 * Whether this thread could leave the host's network namespace and come back. A rootless user cannot: the host's belongs to the
 * initial user namespace, so what is to happen in another one takes a child process.
 */
export const canComeBack = (): boolean => process.env['_CONTAINERS_USERNS_CONFIGURED'] === undefined;

/** The text of files below /proc/net or /proc/sys/net as another network namespace has them. */
export function readInNamespace(netnsPath: string, files: readonly string[]): string {
  // /proc/net would be that of the process's first thread, which need not be this one.
  const ofThread = (file: string): string => file.replace(/^\/proc\/net\//, '/proc/thread-self/net/');
  if (canComeBack()) return inNetworkNamespace(netnsPath, () => files.map((file) => readFileSync(ofThread(file), 'latin1')).join('\n'));
  return runTool(['nsenter', `--net=${netnsPath}`, '--', 'cat', ...files]);
}

/** Makes a new network namespace and binds it at `path`, where a file has to be. */
export function bindNewNamespaceByChild(path: string): void {
  runTool(['unshare', `--net=${path}`, 'true']);
}

/** The command line that runs a program in a network namespace. */
export const inNamespaceCommand = (netnsPath: string, command: readonly string[]): string[] => [
  tool('nsenter'),
  `--net=${netnsPath}`,
  '--',
  ...command,
];

export function tool(name: string): string {
  const path = findInPath(name);
  if (path === undefined) throw new NamespaceToolError(`the program ${name} (Debian package util-linux) is not there`);
  return path;
}

function runTool([name = '', ...args]: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([tool(name), ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  if (exitCode !== 0) throw new NamespaceToolError(stderr.toString().trim() || `${name} exited with status ${exitCode}`);
  return stdout.toString('latin1');
}
