import { readFileSync } from 'node:fs';
import { isRootless } from '../../config/paths.ts';
import type { OciProcess } from '../oci-spec.ts';
import { unlimited } from '../options/ulimits.ts';
import { hasCapability } from './capabilities.ts';

type Rlimits = NonNullable<OciProcess['rlimits']>;

const defaultLimit = 1_048_576;

/** Row of /proc/self/limits for each limit that may have to be clamped. */
const rows: Record<string, string> = {
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  locks: 'Max file locks',
  memlock: 'Max locked memory',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  nofile: 'Max open files',
  nproc: 'Max processes',
  rss: 'Max resident set',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
  sigpending: 'Max pending signals',
  stack: 'Max stack size',
};

let table: string | undefined;

function ownLimit(type: string): { soft: number; hard: number } {
  table ??= readFileSync('/proc/self/limits', 'latin1');
  const row = table.split('\n').find((line) => line.startsWith(rows[type] ?? '\0'));
  const values =
    row
      ?.slice((rows[type] ?? '').length)
      .trim()
      .split(/\s+/) ?? [];
  const number = (text?: string) => (text === undefined || text === 'unlimited' ? unlimited : Number(text));
  return { soft: number(values[0]), hard: number(values[1]) };
}

/** The limits that are kept with the container: containers.conf's first, then the user's, later ones replace earlier ones of a type. */
export function specRlimits(limits: readonly { type: string; soft: number; hard: number }[]): Rlimits {
  const byType = new Map<string, Rlimits[number]>();
  for (const { type, soft, hard } of limits) {
    const name = `RLIMIT_${type.toUpperCase()}`;
    const max = isRootless() && (hard >= unlimited || soft >= unlimited) ? ownLimit(type).hard : unlimited;
    byType.set(name, { type: name, hard: hard >= unlimited ? max : hard, soft: soft >= unlimited ? max : soft });
  }
  return [...byType.values()];
}

/**
 * The limits at start. Open files and processes always get one; where nobody can raise a limit (no CAP_SYS_RESOURCE), the
 * default is lowered to what this process has.
 */
export function startRlimits(kept: Rlimits): Rlimits {
  const result = [...kept];
  let clamp: boolean | undefined;
  for (const type of ['nofile', 'nproc']) {
    const name = `RLIMIT_${type.toUpperCase()}`;
    if (kept.some((limit) => limit.type === name)) continue;
    clamp ??= isRootless() || !hasCapability('CAP_SYS_RESOURCE');
    const own = clamp ? ownLimit(type) : { soft: defaultLimit, hard: defaultLimit };
    result.push({ type: name, hard: Math.min(defaultLimit, own.hard), soft: Math.min(defaultLimit, own.soft) });
  }
  return result;
}
