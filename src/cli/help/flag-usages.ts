import type { Flag, FlagTable } from '../flag.ts';

const typeNames: Partial<Record<Flag['kind'], string>> = {
  bool: '',
  optionalBool: '',
  ips: 'ipSlice',
  stringMap: 'stringToString',
};

/** The name that help gives to a flag's value; empty for flags without one. */
export function valueName(flag: Flag): string {
  return flag.valueName ?? typeNames[flag.kind] ?? flag.kind;
}

/** The default as help shows it, undefined when it is the empty value of its kind. */
export function defaultText(flag: Flag): string | undefined {
  if (flag.defaultText !== undefined) return flag.defaultText;
  const value = flag.default;
  if (value === undefined || value === false || value === '' || value === 0) return undefined;
  if (typeof value === 'string') return flag.strict ? value : JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : `[${value.join(',')}]`;
  return typeof value === 'object' ? undefined : String(value);
}

/** Whether help, completion and man pages show the flag. */
export const isShown = (flag: Flag): boolean => !flag.hidden && flag.deprecated === undefined;

/** The flags of a table in pflag's layout: names, kind, summary and default in columns. */
export function flagUsages(table: FlagTable): string {
  const lines = Object.entries(table)
    .filter(([, flag]) => isShown(flag))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => [head(name, flag), tail(flag)] as const);
  const widest = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `${left.padEnd(widest)}   ${right}\n`).join('');
}

function head(name: string, flag: Flag): string {
  const names = flag.short === undefined ? `      --${name}` : `  -${flag.short}, --${name}`;
  const kind = valueName(flag);
  const optional = flag.noOptDefault === undefined || kind === '' ? '' : `[="${flag.noOptDefault}"]`;
  return `${names}${kind === '' ? '' : ` ${kind}`}${optional}`;
}

function tail(flag: Flag): string {
  const shown = flag.configuredDefault?.() || defaultText(flag);
  return shown === undefined || flag.summary.includes('(default ') ? flag.summary : `${flag.summary} (default ${shown})`;
}
