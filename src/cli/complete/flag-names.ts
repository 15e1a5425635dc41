import type { FlagTable } from '../flag.ts';
import { isShown } from '../help/flag-usages.ts';
import type { ParsedLine } from '../parse.ts';
import type { Candidate } from './answer.ts';

const repeatable = new Set(['stringArray', 'strings', 'ints', 'uints', 'ips', 'stringMap']);

/** Flags that begin with the prefix and can still be given: those that may be repeated, and those that were not given yet. */
export function flagNames(tables: readonly FlagTable[], line: ParsedLine, prefix: string): Candidate[] {
  const flags = new Map(tables.toReversed().flatMap((table) => Object.entries(table)));
  const candidates: Candidate[] = [];
  for (const name of [...flags.keys()].sort()) {
    const flag = flags.get(name)!;
    if (!isShown(flag) || (line.changed.has(name) && !repeatable.has(flag.kind))) continue;
    if (`--${name}`.startsWith(prefix)) candidates.push([`--${name}`, flag.summary]);
    if (flag.short !== undefined && `-${flag.short}`.startsWith(prefix)) candidates.push([`-${flag.short}`, flag.summary]);
  }
  return candidates;
}
