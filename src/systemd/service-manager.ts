import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';

/** What restarts units: systemd, the user's own where rootless. */
export interface ServiceManager {
  /** Returns when the unit runs again. @throws SelkieError */
  restart(unit: string): Promise<void>;
}

/** @throws SelkieError where systemd does not run */
export function connectToSystemd(): ServiceManager {
  const socket = isRootless() ? join(process.env['XDG_RUNTIME_DIR'] ?? '', 'systemd/private') : '/run/systemd/private';
  if (!existsSync(socket)) throw new SelkieError(`dial unix ${socket}: connect: no such file or directory`);
  return { restart };
}

async function restart(unit: string): Promise<void> {
  const child = Bun.spawn(['systemctl', ...(isRootless() ? ['--user'] : []), '--job-mode=replace', 'restart', '--', unit], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code === 0) return;
  const missing = /Unit \S+ not found\./.exec(said);
  throw new SelkieError(missing?.[0] ?? `error restarting systemd unit ${JSON.stringify(unit)} expected "done" but received "failed"`);
}
