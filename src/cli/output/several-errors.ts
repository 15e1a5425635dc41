import { SelkieError } from '../../errors.ts';
import { writeError } from '../streams.ts';

/** Several failures as one, in hashicorp's words; the only one as it is. */
export function joinErrors(errors: readonly Error[], exitCode?: number): SelkieError | undefined {
  const [first] = errors;
  if (!first) return undefined;
  if (errors.length === 1)
    return new SelkieError(first.message, { cause: first, ...codeOf(exitCode ?? (first as Partial<SelkieError>).exitCode) });
  const list = errors.map((error) => `\t* ${error.message}`).join('\n');
  return new SelkieError(`${errors.length} errors occurred:\n${list}`, { cause: first, ...codeOf(exitCode) });
}

const codeOf = (exitCode: number | undefined): { exitCode?: number } => (exitCode === undefined ? {} : { exitCode });

/** Prints all but the last failure and throws that one, as podman does for commands over many names. */
export function throwLast(errors: readonly Error[]): void {
  for (const error of errors.slice(0, -1)) writeError(`Error: ${error.message}\n`);
  const last = errors.at(-1);
  if (last) throw last;
}
