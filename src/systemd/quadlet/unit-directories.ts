import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { configHome } from '../../config/paths.ts';

const admin = '/etc/containers/systemd';

/** Where units are installed. */
export const installDirectory = (isUser: boolean): string => (isUser ? join(configHome(), 'containers/systemd') : admin);

/**
 * The directories that are searched for units, those below them included; a name in an earlier one hides the same name in later ones.
 * Format: podman-systemd.unit(5).
 */
export function unitDirectories(isUser: boolean, uid: number, tell: (problem: string) => void): string[] {
  const found: string[] = [];
  const add = (path: string, isWanted: (path: string) => boolean = () => true): void => {
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      found.push(path);
      return;
    }
    if (found.includes(real) || real.endsWith('.d') || !isWanted(real) || !statSync(real).isDirectory()) return;
    found.push(real);
    for (const name of readdirSync(real).sort()) if (isDirectory(join(real, name))) add(join(real, name), isWanted);
  };
  const given = process.env['QUADLET_UNIT_DIRS'];
  if (given) {
    for (const path of given.split(':')) {
      if (!isAbsolute(path)) {
        tell(`${path} not a valid file path`);
        break;
      }
      add(path);
    }
    return found;
  }
  const users = resolved(join(admin, 'users'));
  if (!isUser) {
    const isOfNoUser = (path: string): boolean => !path.startsWith(users);
    add('/run/containers/systemd', isOfNoUser);
    add(admin, isOfNoUser);
    add('/usr/share/containers/systemd');
    return found;
  }
  const runtime = process.env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined) add(join(runtime, 'containers/systemd'));
  add(join(configHome(), 'containers/systemd'));
  // Directories there that are numbers are other users' own.
  add(join(admin, 'users'), (path) => !path.startsWith(users) || !/^\/\d*(\/|$)/.test(path.slice(users.length)));
  add(join(admin, 'users', String(uid)));
  return found;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
