import type { Flag, FlagTable } from '../flag.ts';

/** A flag whose value is being typed. */
export interface AwaitedFlag {
  name: string;
  flag: Flag;
  /** What of the value is there. */
  prefix: string;
  /** The words before the flag. */
  before: string[];
}

/** The flag that the word being typed is the value of, or carries after `=`. */
export function awaitedFlag(
  rest: readonly string[],
  prefix: string,
  tables: readonly FlagTable[],
  interspersed: boolean,
): AwaitedFlag | undefined {
  const words = flagWords(rest, tables, interspersed);
  if (words === undefined) return undefined;
  const inline = /^(--[^=]+|-[A-Za-z])=(.*)$/s.exec(prefix);
  if (inline && words !== 'value') {
    const found = find(inline[1]!, tables);
    return found && { ...found, prefix: inline[2]!, before: [...rest] };
  }
  if (words !== 'value') return undefined;
  const last = rest.at(-1)!;
  const found = find(last.startsWith('--') ? last : `-${last.at(-1)}`, tables);
  const before = last.startsWith('--') || last.length === 2 ? rest.slice(0, -1) : [...rest.slice(0, -1), last.slice(0, -1)];
  return found && { ...found, prefix, before };
}

/** Whether the next word is a flag's value, may be a flag, or (undefined) neither, because flags have ended. */
function flagWords(rest: readonly string[], tables: readonly FlagTable[], interspersed: boolean): 'value' | 'flag' | undefined {
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]!;
    if (word === '--') return undefined;
    if (!word.startsWith('-') || word === '-') {
      if (!interspersed) return undefined;
    } else if (takesNext(word, tables)) {
      if (at === rest.length - 1) return 'value';
      at++;
    }
  }
  return 'flag';
}

function takesNext(word: string, tables: readonly FlagTable[]): boolean {
  if (word.startsWith('--'))
    return !word.includes('=') && find(word, tables)?.flag.noOptDefault === undefined && find(word, tables) !== undefined;
  for (let at = 1; at < word.length; at++) {
    const found = find(`-${word[at]}`, tables);
    if (!found || word[at + 1] === '=') return false;
    if (found.flag.noOptDefault === undefined) return at === word.length - 1;
  }
  return false;
}

function find(word: string, tables: readonly FlagTable[]): { name: string; flag: Flag } | undefined {
  for (const table of tables) {
    for (const name of Object.keys(table)) {
      const flag = table[name]!;
      if (word === `--${name}` || word === `-${flag.short}` || flag.aliases?.some((alias) => word === `--${alias}`)) return { name, flag };
    }
  }
  return undefined;
}
