import type { Completer } from './complete/completer.ts';
import { quote } from './go-values.ts';
import { type ParsedLine, UsageError } from './parse.ts';

/** How many arguments a command takes, and what can stand at each place. Too few or too many fail with the text of cobra or podman. */
export interface Arguments {
  min?: number;
  /** Unlimited when absent. */
  max?: number;
  /** The command's own words for too few and too many; `{path}` is the command as typed. */
  tooFew?: string;
  tooMany?: string;
  /** Too few or too many show the help too, on standard error, before the complaint. */
  helpFirst?: true;
  /** With one of these flags no argument is wanted. */
  unless?: readonly string[];
  /** `--latest` may stand in for the first argument; at most one without `max`. */
  orLatest?: true;
  /** Names are wanted unless `--all`, `--latest`, `--filter` or this flag with a file of ids says which. */
  namesOrAll?: 'cidfile' | 'pod-id-file' | true;
  /** With `namesOrAll`: no names at all is not an error. */
  mayBeEmpty?: true;
  /** By place; the last one repeats. */
  complete?: readonly (Completer | readonly string[])[];
}

/** @param path as typed, e.g. `podman image tag`  @throws UsageError */
export function checkArity(path: string, wanted: Arguments, line: ParsedLine): void {
  if (wanted.orLatest) {
    checkOrLatest(path, wanted.max, line);
    return;
  }
  if (wanted.namesOrAll) checkNamesOrAll(wanted, line);

  const count = line.args.length;
  const { max = Number.POSITIVE_INFINITY } = wanted;
  const min = wanted.unless?.some((name) => isGiven(line.values[name])) ? 0 : (wanted.min ?? 0);
  if (count >= min && count <= max) return;
  const own = count < min ? wanted.tooFew : wanted.tooMany;
  throw new UsageError(own?.replace('{path}', path) ?? mismatch(path, min, max, count));
}

const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

function mismatch(path: string, min: number, max: number, count: number): string {
  if (max === 0) return `\`${path}\` takes no arguments`;
  if (min === max) return `accepts ${min} arg(s), received ${count}`;
  if (max === Number.POSITIVE_INFINITY) return `requires at least ${min} arg(s), only received ${count}`;
  if (min === 0) return `accepts at most ${max} arg(s), received ${count}`;
  return `accepts between ${min} and ${max} arg(s), received ${count}`;
}

function checkOrLatest(path: string, max: number | undefined, line: ParsedLine): void {
  const count = line.args.length;
  if (max === undefined && count > 1) throw new UsageError(`\`${path}\` accepts at most one argument`);
  const latest = line.values['latest'] === true;
  if (count > 0 && latest) throw new UsageError('--latest and containers cannot be used together');
  if (count === 0 && !latest) throw new UsageError(`${quote(path)} requires a name, id, or the "--latest" flag`);
  if (max !== undefined && count > max) throw new UsageError(mismatch(path, 1, max, count));
}

function checkNamesOrAll(wanted: Arguments, line: ParsedLine): void {
  const count = line.args.length;
  const idFile = wanted.namesOrAll === true ? undefined : wanted.namesOrAll;
  const all = line.values['all'] === true;
  const latest = line.values['latest'] === true;
  const fromFile = idFile !== undefined && (line.values[idFile] as readonly string[] | undefined)?.length;

  if (line.changed.has('filter')) {
    if (count > 0) throw new UsageError('--filter takes no arguments');
    return;
  }
  if (fromFile && (all || latest)) throw new UsageError(`--all, --latest, and --${idFile} cannot be used together`);
  if (all && latest) throw new UsageError('--all and --latest cannot be used together');
  if (count > 0 && all) throw new UsageError('no arguments are needed with --all');
  if (wanted.mayBeEmpty) return;
  if (count > 0) {
    if (latest) throw new UsageError('--latest and containers cannot be used together');
    if (fromFile) throw new UsageError(`no arguments are needed with --latest or --${idFile}`);
    return;
  }
  if (!fromFile && !all && !latest) throw new UsageError('you must provide at least one name or id');
}
