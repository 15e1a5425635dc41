import { constants } from 'node:os';
import { SelkieError } from '../errors.ts';

const realtimeMin = 34;
const realtimeMax = 64;

/** A signal by name (with or without SIG, any case, RTMIN+n and RTMAX-n) or number. @throws SelkieError */
export function parseSignal(text: string): number {
  // As kill(1) takes it: `-9` is 9, `-HUP` is HUP.
  const bare = text.replace(/^-/, '');
  const upper = bare.toUpperCase().replace(/^SIG/, '');
  if (/^\d+$/.test(bare)) {
    const number = Number(bare);
    if (number === 0) throw new SelkieError(`invalid signal: ${bare}`);
    if (number > realtimeMax) throw new SelkieError(`valid signals are 1 through ${realtimeMax}`);
    return number;
  }
  const named = constants.signals[`SIG${upper}` as NodeJS.Signals];
  if (named !== undefined) return named;
  if (upper === 'CLD') return constants.signals.SIGCHLD;
  const realtime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(upper);
  if (realtime !== null) {
    const offset = Number(realtime[3] ?? 0) * (realtime[2] === '-' ? -1 : 1);
    const number = (realtime[1] === 'MIN' ? realtimeMin : realtimeMax) + offset;
    if (number >= realtimeMin && number <= realtimeMax) return number;
  }
  throw new SelkieError(`invalid signal: ${bare}`);
}

/** `SIGTERM` for 15; the number as text for what has no name. */
export function signalName(signal: number): string {
  const named = Object.entries(constants.signals).find(
    ([name, number]) => number === signal && !['SIGIOT', 'SIGPOLL', 'SIGUNUSED'].includes(name),
  )?.[0];
  if (named !== undefined) return named;
  if (signal < realtimeMin || signal > realtimeMax) return String(signal);
  // Fifteen names count from each end.
  const fromMin = signal - realtimeMin;
  if (fromMin <= 15) return `SIGRTMIN${fromMin === 0 ? '' : `+${fromMin}`}`;
  return `SIGRTMAX${signal === realtimeMax ? '' : `-${realtimeMax - signal}`}`;
}
