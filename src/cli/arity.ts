import type { Completer } from './complete/completer.ts';
import { quote } from './go-values.ts';
import { type ParsedLine, UsageError } from './parse.ts';

/** How many arguments a command takes, and what can stand at each place. Too few or too many fail with the text of cobra or podman. */
export interface Arguments {
  min?: number;
  /** Unlimited when absent. */
  max?: number;
  /** `--latest` may stand in for the one argument. */
  oneOrLatest?: true;
  /** Names are wanted unless `--all`, `--latest`, `--filter` or this flag with a file of ids says which. */
  namesOrAll?: 'cidfile' | 'pod-id-file' | true;
  /** With `namesOrAll`: no names at all is not an error. */
  mayBeEmpty?: true;
  /** For buildah and skopeo, whose commands check after parsing in words of their own. */
  unchecked?: true;
  /** By place; the last one repeats. */
  complete?: readonly (Completer | readonly string[])[];
}

/** @param path as typed, e.g. `podman image tag`  @throws UsageError */
export function checkArity(path: string, wanted: Arguments, line: ParsedLine): void {
  if (wanted.unchecked) return;
  const count = line.args.length;
  if (wanted.oneOrLatest) return checkOneOrLatest(path, line);
  if (wanted.namesOrAll) return checkNamesOrAll(wanted, line);

  const { min = 0, max = Number.POSITIVE_INFINITY } = wanted;
  if (count >= min && count <= max) return;
  if (max === 0) throw new UsageError(`\`${path}\` takes no arguments`);
  if (min === max) throw new UsageError(`accepts ${min} arg(s), received ${count}`);
  if (max === Number.POSITIVE_INFINITY) throw new UsageError(`requires at least ${min} arg(s), only received ${count}`);
  if (min === 0) throw new UsageError(`accepts at most ${max} arg(s), received ${count}`);
  throw new UsageError(`accepts between ${min} and ${max} arg(s), received ${count}`);
}

function checkOneOrLatest(path: string, line: ParsedLine): void {
  if (line.args.length > 1) throw new UsageError(`\`${path}\` accepts at most one argument`);
  const latest = line.values['latest'] === true;
  if (line.args.length === 0 && !latest) throw new UsageError(`${quote(path)} requires a name, id, or the "--latest" flag`);
  if (line.args.length > 0 && latest) throw new UsageError('--latest and containers cannot be used together');
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
