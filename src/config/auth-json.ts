import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { configHome, homeDir, isRootless, rootlessUid } from './paths.ts';

/** What a registry wants to know. An identity token (a refresh token) takes the password's place where there is one. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}

interface AuthEntry {
  auth?: string;
  identitytoken?: string;
  username?: string;
  password?: string;
}

interface AuthFile {
  auths?: Record<string, AuthEntry>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
  [key: string]: unknown;
}

export class AuthFileError extends SelkieError {}

/** The credential helper failed, or is not installed. */
export class CredentialHelperError extends SelkieError {}

export class NotLoggedIn extends SelkieError {
  constructor(readonly key: string) {
    super(`not logged into ${key}`);
  }
}

interface AuthPath {
  readonly path: string;
  /** ~/.dockercfg: the entries are the document. */
  readonly legacy?: boolean;
}

/** The file that the environment names, where it names one. */
export function environmentAuthFile(): string | undefined {
  return process.env['REGISTRY_AUTH_FILE'] || (process.env['DOCKER_CONFIG'] ? dockerConfigFile() : undefined);
}

/** Where logins are kept when nothing else is said. */
export function defaultAuthFile(): string {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  if (runtime) return join(runtime, 'containers/auth.json');
  return join(isRootless() ? `/run/containers/${rootlessUid()}` : '/run/containers/0', 'auth.json');
}

function dockerConfigFile(): string {
  return join(process.env['DOCKER_CONFIG'] || join(homeDir(), '.docker'), 'config.json');
}

/** Files in which credentials are looked for, in order. */
function authPaths(authFile: string | undefined): AuthPath[] {
  const only = authFile || environmentAuthFile();
  if (only) return [{ path: only }];
  return [
    { path: defaultAuthFile() },
    { path: join(configHome(), 'containers/auth.json') },
    { path: dockerConfigFile() },
    { path: join(homeDir(), '.dockercfg'), legacy: true },
  ];
}

function readAuthFile({ path, legacy }: AuthPath): AuthFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return {};
    throw new AuthFileError(`reading JSON file ${JSON.stringify(path)}: ${(error as Error).message}`, { cause: error });
  }
  if (text.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AuthFileError(`unmarshaling JSON at ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new AuthFileError(`unmarshaling JSON at ${JSON.stringify(path)}: not an object`);
  return legacy ? { auths: parsed as Record<string, AuthEntry> } : (parsed as AuthFile);
}

/** Refuses a file that was named and is not there, before anything is tried. @throws AuthFileError */
export function checkAuthFile(path: string): void {
  if (path === '') return;
  try {
    statSync(path);
  } catch (cause) {
    throw new AuthFileError(`credential file is not accessible: faccessat ${path}: no such file or directory`, { cause });
  }
}

/**
 * Credentials for `host[:port][/namespace…]`, the most specific entry first; undefined: there are none.
 * Helpers that a file names for the registry come before its entries.
 */
export function findCredentials(key: string, authFile?: string, helpers: readonly string[] = []): Credentials | undefined {
  const registry = registryOf(key);
  for (const helper of helpers) {
    if (helper === 'containers-auth.json') continue;
    const found = askHelper(helper, registry);
    if (found) return found;
  }
  for (const place of authPaths(authFile)) {
    const file = readAuthFile(place);
    const helper = file.credHelpers?.[registry] ?? (file.credsStore || undefined);
    if (helper) {
      const found = askHelper(helper, registry);
      if (found) return found;
    }
    const found = findEntry(file, key, registry, place.legacy === true);
    if (found) return found;
  }
  return undefined;
}

function findEntry(file: AuthFile, key: string, registry: string, legacy: boolean): Credentials | undefined {
  const { auths } = file;
  if (!auths) return undefined;
  for (const candidate of keysFrom(key)) {
    if (legacy && candidate !== registry) continue;
    const found = auths[candidate] && decodeEntry(auths[candidate]);
    if (found) return found;
  }
  // Docker's own files hold URLs, and docker.io under its first name.
  for (const [name, entry] of Object.entries(auths)) {
    if (normalizeRegistry(name) === registry && (name.includes('://') || normalizeHost(name) !== name)) {
      const found = decodeEntry(entry);
      if (found) return found;
    }
  }
  return undefined;
}

/** `a/b/c`, `a/b`, `a` */
function keysFrom(key: string): string[] {
  const parts = key.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

function registryOf(key: string): string {
  return key.split('/')[0]!;
}

function normalizeRegistry(key: string): string {
  return normalizeHost(registryOf(key.replace(/^https?:\/\//, '')));
}

function normalizeHost(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function decodeEntry(entry: AuthEntry): Credentials | undefined {
  if (entry.auth) {
    const decoded = Buffer.from(entry.auth, 'base64').toString();
    const colon = decoded.indexOf(':');
    if (colon < 0) return undefined;
    return {
      username: decoded.slice(0, colon),
      password: decoded.slice(colon + 1).replace(/\0+$/, ''),
      ...(entry.identitytoken ? { identityToken: entry.identitytoken } : {}),
    };
  }
  if (entry.identitytoken) return { username: entry.username ?? '', password: '', identityToken: entry.identitytoken };
  if (entry.username && entry.password) return { username: entry.username, password: entry.password };
  return undefined;
}

/** docker-credential-NAME get: the server's name goes in on stdin, so that nothing shows in a process list. */
function askHelper(helper: string, server: string): Credentials | undefined {
  const { status, stdout } = runHelper(helper, 'get', server);
  if (status !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined;
    throw new CredentialHelperError(`error getting credentials - err: exit status ${status}, out: \`${stdout.trim()}\``);
  }
  const answer = JSON.parse(stdout) as { Username?: string; Secret?: string };
  if (!answer.Secret) return undefined;
  if (answer.Username === '<token>') return { username: '', password: '', identityToken: answer.Secret };
  return { username: answer.Username ?? '', password: answer.Secret };
}

function runHelper(helper: string, verb: string, input: string): { status: number; stdout: string } {
  if (!/^[\w.-]+$/.test(helper)) throw new CredentialHelperError(`invalid name of a credential helper: ${JSON.stringify(helper)}`);
  const program = `docker-credential-${helper}`;
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const result = spawnSync(program, [verb], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  if (result.error)
    throw new CredentialHelperError(
      `error getting credentials - err: exec: ${JSON.stringify(program)}: executable file not found in $PATH, out: \`\``,
      { cause: result.error },
    );
  return { status: result.status ?? 1, stdout: result.stdout };
}

/** The file that a login changes: docker's format where its file is meant (`compat`). */
export function authFileToWrite(authFile?: string): string {
  return authFile || environmentAuthFile() || defaultAuthFile();
}

/**
 * Keeps credentials for `host[/namespace]`. @returns what holds them: the file's path, or `docker-credential-NAME`
 * The file is replaced by a rename, mode 0600, in a directory of 0700.
 */
export function storeCredentials(key: string, credentials: Credentials, authFile?: string): string {
  const path = authFileToWrite(authFile);
  const file = readAuthFile({ path });
  const helper = file.credHelpers?.[key] ?? (file.credsStore || undefined);
  if (helper) {
    const { status, stdout } = runHelper(
      helper,
      'store',
      JSON.stringify({ ServerURL: key, Username: credentials.username, Secret: credentials.password }),
    );
    if (status !== 0) throw new CredentialHelperError(`error storing credentials - err: exit status ${status}, out: \`${stdout.trim()}\``);
    return `docker-credential-${helper}`;
  }
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  writeAuthFile(path, { ...file, auths: { ...file.auths, [key]: { auth } } });
  return path;
}

/** Forgets the credentials for a key. @throws NotLoggedIn */
export function removeCredentials(key: string, authFile?: string): void {
  const path = authFileToWrite(authFile);
  const file = readAuthFile({ path });
  const helper = file.credHelpers?.[key] ?? (file.credsStore || undefined);
  let removed = false;
  if (helper) removed = runHelper(helper, 'erase', key).status === 0;
  if (file.auths?.[key]) {
    const { [key]: _, ...auths } = file.auths;
    writeAuthFile(path, { ...file, auths });
    removed = true;
  }
  if (!removed) throw new NotLoggedIn(key);
}

/** Forgets all credentials of the file that logins go to. */
export function removeAllCredentials(authFile?: string): void {
  const path = authFileToWrite(authFile);
  const file = readAuthFile({ path });
  for (const [key, helper] of Object.entries(file.credHelpers ?? {})) runHelper(helper, 'erase', key);
  writeAuthFile(path, { ...file, auths: {}, ...(file.credHelpers ? { credHelpers: {} } : {}) });
}

function writeAuthFile(path: string, file: AuthFile): void {
  const target = realPath(path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const { auths = {}, ...rest } = file;
  const sorted = Object.fromEntries(Object.entries(auths).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify({ auths: sorted, ...rest }, null, '\t');
  const temporary = `${target}.tmp-${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
    closeSync(fd);
    chmodSync(temporary, 0o600);
    renameSync(temporary, target);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** A link to the file stays a link. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
