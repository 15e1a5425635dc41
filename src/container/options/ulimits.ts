import { InvalidOption } from '../create-errors.ts';
import { parseInteger } from './numbers.ts';

export interface Ulimit {
  type: string;
  soft: number;
  hard: number;
}

const types = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** RLIM_INFINITY. It exceeds what a JavaScript number holds exactly; `serializeSpec` writes it right. */
export const unlimited = 2 ** 64;

/** `--ulimit name=soft[:hard]`; `host` clears all that was said. -1 is unlimited. */
export function parseUlimits(values: string[]): Ulimit[] {
  if (values.includes('host')) return [];
  return values.map((value) => {
    const text = value.toLowerCase().replace(/^rlimit_/, '');
    try {
      return parseUlimit(text);
    } catch (error) {
      throw new InvalidOption(
        `ulimit option ${JSON.stringify(text)} requires name=SOFT:HARD, failed to be parsed: ${(error as Error).message}`,
        { cause: error },
      );
    }
  });
}

function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf('=');
  if (equals < 0) throw new InvalidOption(`invalid ulimit argument: ${text}`);
  const type = text.slice(0, equals);
  if (!types.includes(type)) throw new InvalidOption(`invalid ulimit type: ${type}`);
  const limits = text.slice(equals + 1).split(':');
  if (limits.length > 2)
    throw new InvalidOption(`too many limit value arguments - ${limits.join(':')}, can only have up to two, \`soft[:hard]\``);
  const number = (value: string) => {
    try {
      return parseInteger(value);
    } catch (error) {
      throw new InvalidOption((error as Error).message.replace('strconv.Atoi', 'strconv.ParseInt'), { cause: error });
    }
  };
  const hard = limits[1] === undefined ? undefined : number(limits[1]);
  const soft = number(limits[0] ?? '');
  const ceiling = hard ?? soft;
  if (ceiling !== -1) {
    const problem = 'ulimit soft limit must be less than or equal to hard limit';
    if (soft === -1) throw new InvalidOption(`${problem}: soft: -1 (unlimited), hard: ${ceiling}`);
    if (soft > ceiling) throw new InvalidOption(`${problem}: ${soft} > ${ceiling}`);
  }
  return { type, soft: soft < 0 ? unlimited : soft, hard: ceiling < 0 ? unlimited : ceiling };
}
