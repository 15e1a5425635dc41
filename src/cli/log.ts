import { type Fields, type Level, onDiagnostic } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { quote } from './go-values.ts';
import { isTerminal } from './is-terminal.ts';
import { writeError } from './streams.ts';

/** From the most talkative to the most silent. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'] as const;

const rank: Readonly<Record<string, number>> = { trace: 0, debug: 1, info: 2, warn: 3, warning: 3, error: 4, fatal: 5, panic: 6 };
const colors: Readonly<Record<string, number>> = { trace: 37, debug: 37, info: 36, warning: 33, error: 31, fatal: 31 };

/** Log or output cannot be as was asked for. Printed as it stands, without `Error:`, as podman does before it has set itself up. */
export class PlainRefusal extends SelkieError {
  override readonly exitCode = 1;
}

let threshold = 3;

/** Prints diagnostics of this level and graver from now on. @throws PlainRefusal */
export function startLog(level: string): void {
  const wanted = rank[level.toLowerCase()];
  if (wanted === undefined) {
    throw new PlainRefusal(`Log Level ${quote(level)} is not supported, choose from: ${logLevels.join(', ')}`);
  }
  threshold = wanted;
  onDiagnostic(log);
}

export const isDebugging = (): boolean => threshold <= 1;

/** A line as logrus writes it: key=value for files and pipes, a coloured tag on a terminal. */
export function log(level: Level | 'trace' | 'fatal', message: string, fields: Fields = {}): void {
  if (level === 'progress') {
    if (isTerminal(2)) writeError(`\r${visible(message)}\x1b[K`);
    return;
  }
  if (rank[level]! < threshold) return;
  writeError(
    `${isTerminal(2) ? terminalLine(level, message) : plainLine(level, message)}${Object.entries(fields)
      .map(([name, value]) => ` ${name}=${bare(value)}`)
      .join('')}\n`,
  );
}

const started = performance.now();

function terminalLine(level: string, message: string): string {
  const tag = level.toUpperCase().slice(0, 4);
  const seconds = String(Math.floor((performance.now() - started) / 1000)).padStart(4, '0');
  return `\x1b[${colors[level]}m${tag}\x1b[0m[${seconds}] ${visible(message).padEnd(44)} `;
}

/** Control characters could rewrite what the terminal shows; messages name files and images of strangers. */
const visible = (text: string): string =>
  text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

function plainLine(level: string, message: string): string {
  return `time=${quote(timestamp(new Date()))} level=${level} msg=${bare(message)}`;
}

/** logrus quotes what has more than these characters. */
const bare = (text: string): string => (/^[\w\-./@^+]+$/.test(text) ? text : quote(text));

function timestamp(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}
