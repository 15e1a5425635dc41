import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { selfCommand } from '../os/self.ts';
import type { RemoteHost, ScpLocation } from './scp-location.ts';

/** Saves an image at one place and loads it at another, through an archive between them. @returns what the load printed @throws SelkieError */
export function transferImage(
  source: ScpLocation,
  destination: ScpLocation,
  options: { quiet: boolean; store: readonly string[] },
): string {
  const directory = mkdtempSync(join(process.env['TMPDIR'] || '/var/tmp', 'podman'));
  try {
    const archive = join(directory, 'image');
    const { quiet } = options;
    const save = ['image', 'save', ...(quiet ? ['-q'] : []), '--format', 'oci-archive', source.image];
    throughFile(archive, 'w', 1, programAt(source, save, options.store));
    const load = ['image', 'load', ...(quiet ? ['-q'] : [])];
    const loaded = throughFile(archive, 'r', 0, programAt(destination, load, options.store));
    // an image that is loaded under a name of its own gets the wanted one in addition
    if (destination.image) run(programAt(destination, ['image', 'tag', loadedName(loaded), destination.image], options.store), {});
    return loaded;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** podman's command line at a place. Another user's is started with that user's rights, by what the machine has for that. */
function programAt({ remote, user }: ScpLocation, words: readonly string[], store: readonly string[]): string[] {
  if (remote) return [...ssh(remote), ['podman', ...words].map(quoted).join(' ')];
  if (user === undefined) return [...selfCommand(), ...store, ...words];
  if (process.getuid!() === 0) return user === 'root' ? [...selfCommand(), ...words] : ['runuser', '-l', user, '-c', asUser(words)];
  return ['sudo', ...(user === 'root' ? [] : ['-u', user, '-i']), ...selfCommand(), ...words];
}

const asUser = (words: readonly string[]): string => [...selfCommand(), ...words].map(quoted).join(' ');

function ssh({ target, port, identity }: RemoteHost): string[] {
  return ['ssh', ...(port ? ['-p', port] : []), ...(identity ? ['-i', identity] : []), '--', target];
}

/** One word of a shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function throughFile(path: string, mode: 'r' | 'w', descriptor: 0 | 1, command: readonly string[]): string {
  const file = openSync(path, mode, 0o600);
  try {
    return run(command, { [descriptor]: file });
  } finally {
    closeSync(file);
  }
}

/** @returns its standard output, unless that is given away */
function run(command: readonly string[], given: { 0?: number; 1?: number }): string {
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const [program, ...words] = command;
  const { error, status, signal, stdout } = spawnSync(program!, words, {
    stdio: [given[0] ?? 'ignore', given[1] ?? 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (error) throw new SelkieError(`exec: ${JSON.stringify(program)}: executable file not found in $PATH`, { cause: error });
  if (status !== 0) throw new SelkieError(status === null ? `signal: ${signal}` : `exit status ${status}`);
  return stdout ?? '';
}

/** The last word that a load prints. */
const loadedName = (output: string): string => output.trim().split(/\s+/).at(-1) ?? '';
