import { SelkieError } from '../errors.ts';
import { CsvError } from './csv.ts';
import type { Flag, FlagTable } from './flag.ts';
import {
  parseBool,
  parseDuration,
  parseFloat64,
  parseInt64,
  parseIp,
  parseIps,
  parseStringMap,
  parseStrings,
  parseUint64,
  quote,
  ValueError,
} from './go-values.ts';

/** The command line itself is wrong. The text is that of pflag and cobra. */
export class UsageError extends SelkieError {}

/** `--help` was asked for, or `-h` where that is nothing else. */
export class HelpWanted extends Error {}

/** What a command line said: positional arguments, and a value for every flag of the table. */
export interface ParsedLine {
  args: string[];
  /** How many arguments came before `--`; -1 without one. */
  dashAt: number;
  values: Record<string, unknown>;
  changed: Set<string>;
}

export interface ParseOptions {
  /** Whether flags are still flags after the first argument. */
  interspersed?: boolean;
  /** Told about each deprecated flag that is used. */
  onDeprecated?: (name: string, text: string) => void;
}

/** Reads a command line as pflag does. Flags of earlier tables hide those of later ones.
 *  @throws UsageError @throws HelpWanted */
export function parseLine(argv: readonly string[], tables: readonly FlagTable[], options: ParseOptions = {}): ParsedLine {
  const { long, short } = index(tables);
  const line: ParsedLine = { args: [], dashAt: -1, values: defaults(tables), changed: new Set() };
  const set = (name: string, entry: Flag, text: string) => {
    line.values[name] = assign(name, entry, text, line);
    line.changed.add(name);
    if (entry.deprecated !== undefined) options.onDeprecated?.(name, entry.deprecated);
  };

  let at = 0;
  while (at < argv.length) {
    const arg = argv[at++]!;
    if (arg === '' || arg === '-' || arg[0] !== '-') {
      if (options.interspersed === false) {
        line.args.push(arg, ...argv.slice(at));
        break;
      }
      line.args.push(arg);
    } else if (arg === '--') {
      line.dashAt = line.args.length;
      line.args.push(...argv.slice(at));
      break;
    } else if (arg.startsWith('--')) {
      at = longFlag(arg, argv, at, long, set);
    } else {
      at = shortFlags(arg, argv, at, short, set);
    }
  }
  return line;
}

type Entry = readonly [name: string, flag: Flag];
type SetFlag = (name: string, entry: Flag, text: string) => void;

function longFlag(arg: string, argv: readonly string[], next: number, long: Map<string, Entry>, set: SetFlag): number {
  const body = arg.slice(2);
  if (body[0] === '-' || body[0] === '=') throw new UsageError(`bad flag syntax: ${arg}`);
  const equals = body.indexOf('=');
  const name = equals < 0 ? body : body.slice(0, equals);
  const entry = long.get(name);
  if (!entry) {
    if (name === 'help') throw new HelpWanted();
    throw new UsageError(`unknown flag: --${name}`);
  }
  if (equals >= 0) set(...entry, body.slice(equals + 1));
  else if (entry[1].noOptDefault !== undefined) set(...entry, entry[1].noOptDefault);
  else if (next < argv.length) set(...entry, argv[next++]!);
  else throw new UsageError(`flag needs an argument: --${name}`);
  return next;
}

function shortFlags(arg: string, argv: readonly string[], next: number, short: Map<string, Entry>, set: SetFlag): number {
  let rest = arg.slice(1);
  while (rest !== '') {
    const letter = rest[0]!;
    const entry = short.get(letter);
    if (!entry) {
      if (letter === 'h') throw new HelpWanted();
      throw new UsageError(`unknown shorthand flag: ${quoteRune(letter)} in -${rest}`);
    }
    if (rest.length > 2 && rest[1] === '=') {
      set(...entry, rest.slice(2));
      return next;
    }
    if (entry[1].noOptDefault !== undefined) {
      set(...entry, entry[1].noOptDefault);
      rest = rest.slice(1);
    } else if (rest.length > 1) {
      set(...entry, rest.slice(1));
      return next;
    } else if (next < argv.length) {
      set(...entry, argv[next]!);
      return next + 1;
    } else {
      throw new UsageError(`flag needs an argument: ${quoteRune(letter)} in -${rest}`);
    }
  }
  return next;
}

const quoteRune = (letter: string): string => (letter === "'" ? "'\\''" : `'${letter}'`);

function assign(name: string, entry: Flag, text: string, line: ParsedLine): unknown {
  try {
    const value = read(entry, text);
    if (!line.changed.has(name)) return value;
    const before = line.values[name];
    if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
    return entry.kind === 'stringMap' ? Object.assign({}, before, value) : value;
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof CsvError)) throw error;
    const shown = entry.short === undefined ? `--${name}` : `-${entry.short}, --${name}`;
    throw new UsageError(`invalid argument ${quote(text)} for ${quote(shown)} flag: ${error.message}`);
  }
}

function read(entry: Flag, text: string): unknown {
  switch (entry.kind) {
    case 'bool':
    case 'optionalBool':
      return parseBool(text);
    case 'string':
      if (entry.strict && entry.choices && !entry.choices.includes(text)) {
        throw new ValueError(`${quote(text)} is not a valid value.  Choose from: "${entry.choices.join(', ')}"`);
      }
      return text;
    case 'stringArray':
      return [text];
    case 'strings':
      return parseStrings(text);
    case 'int':
      return parseInt64(text);
    case 'int32':
      return parseInt64(text, 'ParseInt', 32);
    case 'ints':
      return text.split(',').map((part) => parseInt64(part, 'Atoi'));
    case 'uint':
      return parseUint64(text);
    case 'uints':
      return text.split(',').map((part) => parseUint64(part));
    case 'float':
      return parseFloat64(text);
    case 'duration':
      return parseDuration(text);
    case 'ip':
      return parseIp(text);
    case 'ips':
      return parseIps(text);
    case 'stringMap':
      return parseStringMap(text);
  }
}

function index(tables: readonly FlagTable[]): { long: Map<string, Entry>; short: Map<string, Entry> } {
  const long = new Map<string, Entry>();
  const short = new Map<string, Entry>();
  for (const table of tables) {
    for (const name of Object.keys(table)) {
      const entry = table[name]!;
      if (long.has(name)) continue;
      const pair: Entry = [name, entry];
      long.set(name, pair);
      if (entry.aliases) for (const alias of entry.aliases) if (!long.has(alias)) long.set(alias, pair);
      if (entry.short !== undefined && !short.has(entry.short)) short.set(entry.short, pair);
    }
  }
  return { long, short };
}

function defaults(tables: readonly FlagTable[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const table of tables) for (const name of Object.keys(table)) if (!(name in values)) values[name] = table[name]!.default;
  return values;
}
