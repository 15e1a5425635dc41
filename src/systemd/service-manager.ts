import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';

/** What runs units: systemd, the user's own where rootless. All of it throws SelkieError. */
export interface ServiceManager {
  /** Returns when the unit runs again. */
  restart(unit: string): Promise<void>;
  /** Returns when the unit has ended. */
  stop(unit: string): Promise<void>;
  /** Lets it read the units again, generators included. */
  reload(): Promise<void>;
  /** By the units' names; `load` is `loaded` for what it knows. */
  states(units: readonly string[]): Promise<Map<string, UnitState>>;
}

export interface UnitState {
  load: string;
  active: string;
  sub: string;
}

/** @throws SelkieError where systemd does not run */
export function connectToSystemd(): ServiceManager {
  const socket = isRootless() ? join(process.env['XDG_RUNTIME_DIR'] ?? '', 'systemd/private') : '/run/systemd/private';
  if (!existsSync(socket)) throw new SelkieError(`dial unix ${socket}: connect: no such file or directory`);
  return { restart, stop, reload, states };
}

async function restart(unit: string): Promise<void> {
  const { code, errors } = await systemctl('--job-mode=replace', 'restart', '--', unit);
  if (code === 0) return;
  const missing = /Unit \S+ not found\./.exec(errors);
  throw new SelkieError(missing?.[0] ?? `error restarting systemd unit ${JSON.stringify(unit)} expected "done" but received "failed"`);
}

async function stop(unit: string): Promise<void> {
  const { code, errors } = await systemctl('--job-mode=replace', 'stop', '--', unit);
  if (code !== 0) throw new SelkieError(errors.trim());
}

async function reload(): Promise<void> {
  const { code, errors } = await systemctl('daemon-reload');
  if (code !== 0) throw new SelkieError(`reloading systemd: ${errors.trim()}`);
}

async function states(units: readonly string[]): Promise<Map<string, UnitState>> {
  if (units.length === 0) return new Map();
  const { code, output, errors } = await systemctl('show', '--property=LoadState,ActiveState,SubState', '--', ...units);
  if (code !== 0) throw new SelkieError(`querying systemd for unit status: ${errors.trim()}`);
  // A paragraph for each, in their order.
  const paragraphs = output.trim().split('\n\n');
  const field = (text: string, name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return new Map(
    units.map((unit, at) => {
      const text = paragraphs[at] ?? '';
      return [unit, { load: field(text, 'LoadState'), active: field(text, 'ActiveState'), sub: field(text, 'SubState') }];
    }),
  );
}

async function systemctl(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = Bun.spawn(['systemctl', ...(isRootless() ? ['--user'] : []), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, output, errors };
}
