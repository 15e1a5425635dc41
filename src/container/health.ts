import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Container } from './container.ts';

/** What is written down of health checks; podman's file, key for key. */
export interface HealthLog {
  status: string;
  failingStreak: number;
  log: { Start: string; End: string; ExitCode: number; Output: string }[] | null;
}

export const healthLogPath = ({ config }: Container): string => {
  const { destination } = config.healthLog;
  const directory = join(config.runDir, '..');
  return destination === 'local' || destination === '' || destination === 'events_logger'
    ? join(directory, 'healthcheck.log')
    : join(destination, `${config.id}-healthcheck.log`);
};

export const hasHealthcheck = ({ config }: Container): boolean =>
  config.healthcheck !== undefined && config.healthcheck.test.length > 0 && config.healthcheck.test[0] !== 'NONE';

export function readHealthLog(container: Container): HealthLog {
  try {
    const { status, log, failingStreak } = JSON.parse(readFileSync(healthLogPath(container), 'utf8')) as HealthLog;
    return { status, failingStreak, log };
  } catch {
    return { status: '', failingStreak: 0, log: null };
  }
}

/** Written whole or not at all, for readers of other processes. */
export function writeHealthLog(container: Container, { status, log, failingStreak }: HealthLog): void {
  const path = healthLogPath(container);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify({ status, log, failingStreak }), { mode: 0o700 });
  renameSync(`${path}.new`, path);
}

/** starting, healthy or unhealthy; empty without a health check, and before the first start. */
export function healthStatus(container: Container): string {
  if (!hasHealthcheck(container)) return '';
  return readHealthLog(container).status;
}
