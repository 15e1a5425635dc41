import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Container } from './container.ts';

/** What is written down of health checks. */
export interface HealthLog {
  status: string;
  failingStreak: number;
  log: { Start: string; End: string; ExitCode: number; Output: string }[] | null;
}

/** podman's file, key for key. */
interface HealthLogFile {
  Status: string;
  FailingStreak: number;
  Log: HealthLog['log'];
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
    const written = JSON.parse(readFileSync(healthLogPath(container), 'utf8')) as Partial<HealthLogFile & HealthLog>;
    // podman before 5.8 wrote the keys small.
    const { Status = written.status ?? '', FailingStreak = written.failingStreak ?? 0, Log = written.log ?? null } = written;
    return { status: Status, failingStreak: FailingStreak, log: Log };
  } catch {
    return { status: '', failingStreak: 0, log: null };
  }
}

/** Written whole or not at all, for readers of other processes. */
export function writeHealthLog(container: Container, { status, log, failingStreak }: HealthLog): void {
  const path = healthLogPath(container);
  mkdirSync(dirname(path), { recursive: true });
  const file: HealthLogFile = { Status: status, FailingStreak: failingStreak, Log: log };
  writeFileSync(`${path}.new`, JSON.stringify(file), { mode: 0o700 });
  renameSync(`${path}.new`, path);
}

/** starting, healthy or unhealthy; empty without a health check, and before the first start. */
export function healthStatus(container: Container): string {
  if (!hasHealthcheck(container)) return '';
  return readHealthLog(container).status;
}
