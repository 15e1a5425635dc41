import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';

/** The uid that called us, as seen outside of the user namespace that we re-executed into. */
export function rootlessUid(): number {
  return idFrom('_CONTAINERS_ROOTLESS_UID') ?? process.geteuid!();
}

/** The gid that called us, as seen outside of the user namespace that we re-executed into. */
export function rootlessGid(): number {
  return idFrom('_CONTAINERS_ROOTLESS_GID') ?? process.getegid!();
}

function idFrom(variable: string): number | undefined {
  const value = process.env[variable];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Whether per-user paths are used. Root inside of somebody else's user namespace (nested containers) is not rootless. */
export function isRootless(): boolean {
  return rootlessUid() > 0;
}

/** The user's home: $HOME, else what the passwd database says about the calling uid. */
export function homeDir(): string {
  const home = process.env['HOME'];
  if (home) return home;
  if (process.geteuid!() === 0 && isRootless()) return passwdHome(rootlessUid()) ?? homedir();
  return homedir();
}

function passwdHome(uid: number): string | undefined {
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(uid));
  return entry?.[5];
}

/** The name of the calling user: $USER, else what the passwd database says; the uid where it says nothing. */
export function userName(): string {
  const name = process.env['USER'];
  if (name) return name;
  try {
    if (process.geteuid!() === rootlessUid()) return userInfo().username;
  } catch {
    // no passwd entry
  }
  return String(rootlessUid());
}

/** $XDG_CONFIG_HOME or ~/.config. */
export function configHome(): string {
  return process.env['XDG_CONFIG_HOME'] || join(homeDir(), '.config');
}

/** $XDG_DATA_HOME or ~/.local/share. */
export function dataHome(): string {
  return process.env['XDG_DATA_HOME'] || join(homeDir(), '.local/share');
}

/** $XDG_CACHE_HOME or ~/.cache. */
export function cacheHome(): string {
  return process.env['XDG_CACHE_HOME'] || join(homeDir(), '.cache');
}

/** The place for runtime files is writable by others, so nothing private can be kept there. */
export class UnsafeRuntimeDir extends SelkieError {
  constructor(readonly path: string) {
    super(`path "${path}" exists and it is not writeable only by the current user`);
  }
}

let runtime: string | undefined;

/**
 * The calling user's runtime directory: $XDG_RUNTIME_DIR, else /run/user/UID, else a private directory below the
 * temporary one. Made where it is missing.  @throws UnsafeRuntimeDir
 */
export function runtimeDir(): string {
  runtime ??= findRuntimeDir();
  return runtime;
}

function findRuntimeDir(): string {
  const given = process.env['XDG_RUNTIME_DIR'];
  if (given) return realpathSync(given);
  const standard = `/run/user/${rootlessUid()}`;
  if (ensurePrivate(standard)) return standard;
  const temporary = join(tmpdir(), `storage-run-${rootlessUid()}`);
  if (ensurePrivate(temporary)) return temporary;
  throw new UnsafeRuntimeDir(temporary);
}

function ensurePrivate(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // an existing directory of ours is as good
  }
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.geteuid!() && (found.mode & 0o722) === 0o700;
  } catch {
    return false;
  }
}

/** libpod's directory for what must not outlive a reboot. */
export function libpodTmpDir(): string {
  return isRootless() ? join(runtimeDir(), 'libpod/tmp') : '/run/libpod';
}
