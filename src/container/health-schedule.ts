import { existsSync } from 'node:fs';
import { warn } from '../diagnostics.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { healthcheckCommand } from './exit-command.ts';

const systemdRuns = (): boolean => existsSync('/run/systemd/system');
const unitOf = (id: string): string => `${id}-selkie-health`;

/**
 * Has the health check run in its interval, by a transient timer of systemd as podman does it. Without systemd nobody runs it but
 * `healthcheck run`.
 */
export function startHealthchecks(engine: ContainerEngine, container: Container): void {
  const check = container.config.healthcheck!;
  if (check.interval === 0 || check.test.length === 0 || check.test[0] === 'NONE' || !systemdRuns()) return;
  const seconds = Math.max(1, Math.round((check.interval ?? 30e9) / 1e9));
  const child = Bun.spawnSync(
    [
      'systemd-run',
      '--quiet',
      ...(process.getuid!() === 0 ? [] : ['--user']),
      `--unit=${unitOf(container.id)}`,
      `--on-active=${seconds}s`,
      `--on-unit-inactive=${seconds}s`,
      '--timer-property=AccuracySec=1s',
      `--setenv=PATH=${process.env['PATH'] ?? ''}`,
      ...healthcheckCommand(engine, container.id),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (child.exitCode !== 0) warn(`creating timer for the health check of ${container.id}: ${child.stderr.toString().trim()}`);
}

export function stopHealthchecks(_engine: ContainerEngine, container: Container): void {
  if (!systemdRuns()) return;
  const user = process.getuid!() === 0 ? [] : ['--user'];
  Bun.spawnSync(['systemctl', ...user, 'stop', `${unitOf(container.id)}.timer`], { stdio: ['ignore', 'ignore', 'ignore'] });
}
