import { constants } from 'node:os';
import { InvalidOption } from '../create-errors.ts';
import { parseInteger } from './numbers.ts';

/** `--restart POLICY[:RETRIES]`. */
export function parseRestartPolicy(text: string): { policy: string; retries: number } {
  const [policy = '', retries, ...more] = text.split(':');
  if (more.length > 0) throw new InvalidOption('invalid restart policy: may specify retries at most once');
  if (retries === undefined) return { policy: policy.toLowerCase() === 'never' ? 'no' : policy, retries: 0 };
  if (policy.toLowerCase() !== 'on-failure')
    throw new InvalidOption('restart policy retries can only be specified with on-failure restart policy');
  let count: number;
  try {
    count = parseInteger(retries);
  } catch (error) {
    throw new InvalidOption(`parsing restart policy retry count: ${(error as Error).message}`, { cause: error });
  }
  if (count < 0) throw new InvalidOption('must specify restart policy retry count as a number greater than 0');
  return { policy, retries: count };
}

const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** A signal by name (with or without SIG, RTMIN+3 too) or number. */
export function parseSignal(text: string): number {
  if (/^[+-]?[0-9]+$/.test(text)) {
    const number = Number(text);
    if (number === 0) throw new InvalidOption(`invalid signal: ${text}`);
    return number;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const known = (constants.signals as Record<string, number>)[`SIG${name}`];
  if (known !== undefined) return known;
  const aliases: Record<string, number> = { RTMIN: SIGRTMIN, RTMAX: SIGRTMAX, CLD: 17, POLL: 29 };
  if (aliases[name] !== undefined) return aliases[name];
  const realtime = /^RT(MIN\+|MAX-)([0-9]+)$/.exec(name);
  if (realtime) {
    const offset = Number(realtime[2]);
    const number = realtime[1] === 'MIN+' ? SIGRTMIN + offset : SIGRTMAX - offset;
    if (number > SIGRTMIN && number < SIGRTMAX) return number;
  }
  throw new InvalidOption(`invalid signal: ${text}`);
}
