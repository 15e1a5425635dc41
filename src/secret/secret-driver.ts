import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import { goJson } from '../storage/go-json.ts';
import { NoSuchSecret, SecretError } from './secret.ts';

/** Where the values of secrets are kept. */
export interface SecretDriver {
  lookup(id: string): Uint8Array;
  store(id: string, value: Uint8Array): void;
  remove(id: string): void;
}

/** @throws SecretError for a driver that there is not, or lacking options */
export function secretDriver(name: string, options: Record<string, string>): SecretDriver {
  switch (name) {
    case 'file': {
      const path = options['path'];
      if (path === undefined) throw new SecretError('need path for filedriver: invalid driver option');
      return new FileDriver(path);
    }
    case 'shell':
      return new ShellDriver(options);
    case 'pass':
      return new PassDriver(options);
    default:
      throw new SecretError('invalid driver');
  }
}

/** All values in one file, base64, readable by the owner only; shared with podman. */
class FileDriver implements SecretDriver {
  private readonly file: string;
  private readonly lock: LockFile;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.file = join(directory, 'secretsdata.json');
    this.lock = new LockFile(join(directory, 'secretsdata.lock'));
  }

  lookup(id: string): Uint8Array {
    return this.locked(() => {
      const value = this.read()[id];
      if (value === undefined) throw new NoSuchSecret(id, id);
      return Buffer.from(value, 'base64');
    });
  }

  store(id: string, value: Uint8Array): void {
    this.locked(() => this.write({ ...this.read(), [id]: Buffer.from(value).toString('base64') }));
  }

  remove(id: string): void {
    this.locked(() => {
      const values = this.read();
      if (values[id] === undefined) throw new NoSuchSecret(id, id);
      delete values[id];
      this.write(values);
    });
  }

  private locked<T>(work: () => T): T {
    this.lock.lockExclusive();
    try {
      return work();
    } finally {
      this.lock.unlock();
    }
  }

  private read(): Record<string, string> {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Record<string, string>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
  }

  private write(values: Record<string, string>): void {
    writeFileAtomically(this.file, indented(values), 0o600, true);
  }
}

/** Commands of the user's own that keep the values; the secret's ID is in SECRET_ID. */
class ShellDriver implements SecretDriver {
  constructor(private readonly options: Record<string, string>) {
    for (const key of Object.keys(options)) {
      if (!['delete', 'list', 'lookup', 'store'].includes(key))
        throw new SecretError(`invalid shell driver option: ${JSON.stringify(key)}`);
    }
    for (const key of ['delete', 'list', 'lookup', 'store']) if (!options[key]) throw new SecretError('missing config value');
  }

  lookup(id: string): Uint8Array {
    const result = this.shell('lookup', id);
    if (result.status !== 0) throw new NoSuchSecret(id, id);
    return result.stdout;
  }

  store(id: string, value: Uint8Array): void {
    const result = this.shell('store', id, value);
    if (result.status !== 0) throw new SecretError(`exit status ${result.status}`);
  }

  remove(id: string): void {
    if (this.shell('delete', id).status !== 0) throw new NoSuchSecret(id, id);
  }

  private shell(verb: string, id: string, input?: Uint8Array): { status: number | null; stdout: Buffer } {
    return spawnSync('/bin/sh', ['-c', this.options[verb] ?? ''], {
      env: { ...process.env, SECRET_ID: id },
      input: input ?? '',
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }
}

/** pass(1)'s layout: a gpg file for each secret. */
class PassDriver implements SecretDriver {
  private readonly root: string;
  private readonly gpgHome: string | undefined;
  private readonly key: string;

  constructor(options: Record<string, string>) {
    this.root = options['root'] ?? join(process.env['HOME'] ?? '', '.password-store');
    this.gpgHome = options['gpghomedir'];
    let key = options['key'] ?? '';
    if (key === '') {
      try {
        key = readFileSync(join(this.root, '.gpg-id'), 'utf8').trim();
      } catch {
        throw new SecretError('missing config value');
      }
    }
    this.key = key;
  }

  lookup(id: string): Uint8Array {
    const file = this.path(id);
    try {
      statSync(file);
    } catch {
      throw new NoSuchSecret(id, id);
    }
    const result = this.gpg(['--decrypt', file]);
    if (result.status !== 0) throw new SecretError(`decrypting secret ${id}: exit status ${result.status}`);
    return result.stdout;
  }

  store(id: string, value: Uint8Array): void {
    const file = this.path(id);
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    const result = this.gpg(['--encrypt', '-r', this.key, '-o', file], value);
    if (result.status !== 0) throw new SecretError(`encrypting secret ${id}: exit status ${result.status}`);
    chmodSync(file, 0o600);
  }

  remove(id: string): void {
    const { rmSync } = require('node:fs') as typeof import('node:fs');
    try {
      rmSync(this.path(id));
    } catch {
      throw new NoSuchSecret(id, id);
    }
  }

  private path(id: string): string {
    return join(this.root, `${id}.gpg`);
  }

  private gpg(args: string[], input?: Uint8Array): { status: number | null; stdout: Buffer } {
    const home = this.gpgHome === undefined ? [] : ['--homedir', this.gpgHome];
    return spawnSync('gpg', [...home, ...args], { input: input ?? '', stdio: ['pipe', 'pipe', 'inherit'] });
  }
}

/** Two spaces a level, as Go's MarshalIndent, so that both tools' files look the same. */
export function indented(value: unknown): string {
  return JSON.stringify(JSON.parse(goJson(value)), null, 2);
}
