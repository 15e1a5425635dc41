import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { rootlessUid } from './identity.ts';

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
