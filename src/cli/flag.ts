import type { Completer } from './complete/completer.ts';

/** The kinds of value that a flag can take; each follows the pflag type of the same name. */
export type FlagKind =
  | 'bool'
  | 'optionalBool'
  | 'string'
  | 'stringArray'
  | 'strings'
  | 'int'
  | 'int32'
  | 'ints'
  | 'uint'
  | 'uints'
  | 'float'
  | 'duration'
  | 'ip'
  | 'ips'
  | 'stringMap';

/** What a flag declares beside its name and kind. Help, completion, man pages and the reference check read the same entry. */
export interface FlagOptions<T> {
  summary: string;
  short?: string;
  default?: T;
  /** The default as help shows it, where it is not `default` itself: computed at run time or differently worded. */
  defaultText?: string;
  /** The default that containers.conf gives, asked when help is shown; man pages have the one that selkie comes with. */
  configuredDefault?: () => string;
  /** Value of the flag when it is given without `=`; the flag then takes no separate argument. */
  noOptDefault?: string;
  /** Name of the value in help, e.g. `IMAGE`; else that of the kind. */
  valueName?: string;
  /** Further names that are accepted and never shown. */
  aliases?: readonly string[];
  hidden?: boolean;
  /** Printed when the flag is used; a deprecated flag is not shown. */
  deprecated?: string;
  choices?: readonly string[];
  /** Whether the parser refuses what is not among the choices; else the command does. */
  strict?: boolean;
  complete?: Completer;
}

export interface Flag<T = unknown> extends Omit<FlagOptions<T>, 'default'> {
  readonly kind: FlagKind;
  readonly default: T;
}

/** The flags of a command by long name. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The values that a parsed table yields. */
export type Parsed<F> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

const builder =
  <T>(kind: FlagKind, empty: T) =>
  (options: FlagOptions<T>): Flag<T> => ({ ...options, kind, default: options.default ?? empty });

/**
 * Makers of flags. A flag that is not given has its default, else the empty value of its kind (`false`, `''`, `0`, `[]`), as in Go;
 * whether it was given is asked of `changed()`. Only `optionalBool` is undefined when absent.
 */
export const flag = {
  bool: (options: FlagOptions<boolean>): Flag<boolean> => ({
    noOptDefault: 'true',
    ...options,
    kind: 'bool',
    default: options.default ?? false,
  }),
  /** Three states: given as true, given as false, absent. */
  optionalBool: (options: FlagOptions<boolean>): Flag<boolean | undefined> => ({
    noOptDefault: 'true',
    ...options,
    kind: 'optionalBool',
    default: undefined,
    defaultText: options.defaultText ?? (options.default === undefined ? undefined : String(options.default)),
  }),
  string: builder<string>('string', ''),
  /** Repeatable; each value is taken as it stands. */
  stringArray: builder<readonly string[]>('stringArray', []),
  /** Repeatable; each value is split at commas (CSV quoting applies). */
  strings: builder<readonly string[]>('strings', []),
  int: builder<number>('int', 0),
  int32: builder<number>('int32', 0),
  ints: builder<readonly number[]>('ints', []),
  uint: builder<number>('uint', 0),
  uints: builder<readonly number[]>('uints', []),
  float: builder<number>('float', 0),
  /** Go duration (`1m30s`); the value is in milliseconds. */
  duration: builder<number>('duration', 0),
  ip: builder<string>('ip', ''),
  ips: builder<readonly string[]>('ips', []),
  /** Repeatable `key=value`, comma separated. */
  stringMap: builder<Readonly<Record<string, string>>>('stringMap', {}),
};

/** Some flags of a group, for commands that share only a part of it. */
export function pick<T extends FlagTable, const K extends keyof T>(table: T, ...names: K[]): Pick<T, K> {
  const result: Partial<T> = {};
  for (const name of names) result[name] = table[name];
  return result as Pick<T, K>;
}

/** All flags of a group but some. */
export function omit<T extends FlagTable, const K extends keyof T>(table: T, ...names: K[]): Omit<T, K> {
  const result: Partial<T> = { ...table };
  for (const name of names) delete result[name];
  return result as Omit<T, K>;
}

/** The values of flags of which none was given. */
export function defaults<F extends FlagTable>(table: F): Parsed<F> {
  return Object.fromEntries(Object.entries(table).map(([name, flag]) => [name, flag.default])) as Parsed<F>;
}
