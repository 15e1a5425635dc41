import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HealthcheckConfig } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import { parseDuration } from './numbers.ts';

export interface HealthcheckFlags {
  command: string;
  interval: string;
  retries: number;
  timeout: string;
  startPeriod: string;
}

function duration(flag: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidOption(`invalid ${flag}: ${(error as Error).message}`, { cause: error });
  }
}

/** A health check that is given whole, by `--health-cmd` or `--health-startup-cmd`. */
export function parseHealthcheck(flags: HealthcheckFlags, startup: boolean): HealthcheckConfig {
  const test = healthcheckCommand(flags.command);
  const interval = duration('healthcheck-interval', flags.interval === 'disable' ? '0' : flags.interval);
  if (flags.retries < 1 && !startup) throw new InvalidOption('healthcheck-retries must be greater than 0');
  const timeout = duration('healthcheck-timeout', flags.timeout);
  if (timeout < 1) throw new InvalidOption('healthcheck-timeout must be at least 1 second');
  const startPeriod = duration('healthcheck-start-period', flags.startPeriod);
  if (startPeriod < 0) throw new InvalidOption('healthcheck-start-period must be 0 seconds or greater');
  return { test, interval, timeout, startPeriod, retries: flags.retries };
}

/** Where the log of the checks goes: `local`, `events_logger` or a directory, made absolute. @param context stands before the error */
export function healthLogDestination(text: string, context = ''): string {
  if (text === 'local' || text === 'events_logger' || text === '') return text;
  const fail = (reason: string): never => {
    throw new InvalidOption(`${context}HealthCheck Log '${text}' destination ${reason}`);
  };
  const stat = statSync(text, { throwIfNoEntry: false }) ?? fail(`error: stat ${text}: no such file or directory`);
  return stat.isDirectory() ? resolve(text) : fail('must be directory');
}

/** A JSON array is a command, or starts with CMD, CMD-SHELL or NONE; anything else is for the shell. */
function healthcheckCommand(text: string): string[] {
  const array = jsonStrings(text);
  if (array && array.length === 0) throw new InvalidOption('must define a healthcheck command for all healthchecks');
  const words = array ?? splitOnce(text);
  const first = (words[0] ?? '').toUpperCase();
  if (first === 'NONE') return ['NONE'];
  if (first === 'CMD') return array ?? text.split(/\s+/).filter((word) => word !== '');
  if (first === 'CMD-SHELL') return words;
  if (array && array.length > 1) return ['CMD', ...array];
  return ['CMD-SHELL', words.join(' ')];
}

function splitOnce(text: string): string[] {
  const space = text.indexOf(' ');
  return space < 0 ? [text] : [text.slice(0, space), text.slice(space + 1)];
}

function jsonStrings(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Single values that override those of the image's check; absent ones do not. */
export function parseHealthcheckOverrides(flags: {
  interval?: string;
  retries?: number;
  timeout?: string;
  startPeriod?: string;
}): Partial<HealthcheckConfig> {
  const overrides: Partial<HealthcheckConfig> = {};
  if (flags.interval !== undefined) overrides.interval = parseDuration(flags.interval === 'disable' ? '-1s' : flags.interval);
  if (flags.retries !== undefined) overrides.retries = flags.retries;
  if (flags.timeout !== undefined) {
    overrides.timeout = parseDuration(flags.timeout);
    if (overrides.timeout < 1) throw new InvalidOption('healthcheck-timeout must be at least 1 second');
  }
  if (flags.startPeriod !== undefined) {
    overrides.startPeriod = parseDuration(flags.startPeriod);
    if (overrides.startPeriod < 0) throw new InvalidOption('healthcheck-start-period must be 0 seconds or greater');
  }
  return overrides;
}

/** `--health-on-failure`. */
export function parseHealthcheckOnFailure(text: string): 'none' | 'kill' | 'restart' | 'stop' {
  switch (text) {
    case '':
    case 'none':
      return 'none';
    case 'kill':
    case 'restart':
    case 'stop':
      return text;
    default:
      throw new InvalidOption(
        `invalid on-failure action ${JSON.stringify(text)} for health check: supported actions are none,kill,restart,stop`,
      );
  }
}
