import type { ProgramName } from '../config/globals.ts';
import { SelkieError } from '../errors.ts';
import { isDebugging, LogRefused, log } from './log.ts';
import { escapeControl } from './output/escape.ts';
import { writeError } from './streams.ts';

/** Prints what went wrong and returns the exit code. */
export function report(program: ProgramName, thrown: unknown): number {
  const error = first(thrown);
  if (error instanceof LogRefused) {
    writeError(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof SelkieError) return reportExpected(program, error);
  return reportBug(program, error);
}

/** When closing fails after a failure, `using` throws a SuppressedError with the later one in front: what happened first is the cause. */
function first(thrown: unknown): unknown {
  let error = thrown;
  while (error instanceof SuppressedError) error = error.suppressed;
  return error;
}

function reportExpected(program: ProgramName, error: SelkieError): number {
  if (program === 'skopeo') {
    log('fatal', error.message);
    return error.exitCode === 125 ? 1 : error.exitCode;
  }
  if (error.message !== '') writeError(`Error: ${escapeControl(error.message, { multiline: true })}\n`);
  if (isDebugging()) trace(error.cause);
  return error.exitCode;
}

function reportBug(program: ProgramName, error: unknown): number {
  const text = error instanceof Error ? error.message : String(error);
  writeError(`Error: ${escapeControl(text, { multiline: true })}\n`);
  if (isDebugging()) trace(error);
  else writeError('This is a bug in selkie; the same command with --log-level=debug shows where.\n');
  return program === 'skopeo' ? 1 : 125;
}

function trace(error: unknown): void {
  if (error instanceof Error) writeError(`${error.stack ?? error.message}\n`);
}
