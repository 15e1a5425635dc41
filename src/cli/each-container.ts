import type { Selected } from '../container/selection.ts';
import { SelkieError } from '../errors.ts';
import { throwLast } from './output/several-errors.ts';

export interface EachOptions {
  /** Whether a failure means only that there was nothing to do. */
  passOver?: (error: SelkieError) => boolean;
  /** What is printed for each that succeeded. */
  print: (text: string) => void;
  /** The exit code that a failure asks for. */
  exitCode?: (error: SelkieError) => number | undefined;
}

/** Each may watch files, of which a user has 128 watches. */
const AT_ONCE = 16;

/** Does the same to several containers at once, prints each as it is done, and fails with the last failure after printing the others. */
export async function eachContainer(
  selected: readonly Selected[],
  work: (one: Selected) => Promise<unknown>,
  options: EachOptions,
): Promise<void> {
  const errors: SelkieError[] = [];
  const waiting = [...selected];
  const workThrough = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await work(one);
        options.print(one.typed);
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        if (options.passOver?.(error)) options.print(one.typed);
        else errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workThrough));
  if (errors.length === 0) return;
  const codes = errors.map((error) => options.exitCode?.(error) ?? error.exitCode);
  const exitCode = codes.includes(1) ? 1 : codes.at(-1)!;
  const last = errors.at(-1)!;
  throwLast([...errors.slice(0, -1), new SelkieError(last.message, { cause: last, exitCode })]);
}
