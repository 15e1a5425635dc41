import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRootless, rootlessUid } from '../rootless/identity.ts';
import { runtimeDir } from '../rootless/runtime-dir.ts';

export { isRootless, rootlessGid, rootlessUid, userName } from '../rootless/identity.ts';
export { runtimeDir, UnsafeRuntimeDir } from '../rootless/runtime-dir.ts';

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

/** $XDG_CONFIG_HOME or ~/.config. */
export function configHome(): string {
  return process.env['XDG_CONFIG_HOME'] || join(homeDir(), '.config');
}

/** $XDG_DATA_HOME or ~/.local/share. */
export function dataHome(): string {
  return process.env['XDG_DATA_HOME'] || join(homeDir(), '.local/share');
}

/** libpod's directory for what must not outlive a reboot. */
export function libpodTmpDir(): string {
  return isRootless() ? join(runtimeDir(), 'libpod/tmp') : '/run/libpod';
}
