import type { ProgramName } from '../config/globals.ts';
import { SelkieError } from '../errors.ts';
import { isDebugging, log, PlainRefusal } from './log.ts';
import { escapeControl } from './output/escape.ts';
import { writeError } from './streams.ts';

/** Prints what went wrong and returns the exit code. */
export function report(program: ProgramName, thrown: unknown): number {
  const error = first(thrown);
  if (error instanceof PlainRefusal) {
    writeError(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof SelkieError) return reportExpected(program, error);
  if ((error as Partial<Error>).name === 'TimeoutError')
    return reportExpected(program, new SelkieError('context deadline exceeded', { cause: error }));
  if (isOfMachine(error)) {
    const { systemText } = require('../os/system-text.ts') as typeof import('../os/system-text.ts');
    return reportExpected(program, new SelkieError(systemText(error), { cause: error }));
  }
  return reportBug(program, error);
}

/** When closing fails after a failure, `using` throws a SuppressedError with the later one in front: what happened first is the cause. */
function first(thrown: unknown): unknown {
  let error = thrown;
  while (error instanceof SuppressedError) error = error.suppressed;
  return error;
}

/** Failures of a system call that tell of the machine, not of a mistake in the program. */
const machineCodes = new Set(['EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ESTALE']);

function isOfMachine(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return error instanceof Error && typeof syscall === 'string' && code !== undefined && machineCodes.has(code);
}

function reportExpected(program: ProgramName, error: SelkieError): number {
  if (program === 'skopeo') {
    log('fatal', error.message);
    if (error.exitCode !== 125) return error.exitCode;
    const { isImageMissing } = require('../image/errors.ts') as typeof import('../image/errors.ts');
    return isImageMissing(error) ? 2 : 1;
  }
  const { ContainersConfError } = require('../config/errors.ts') as typeof import('../config/errors.ts');
  if (error instanceof ContainersConfError && program !== 'buildah') {
    writeError(`Failed to obtain podman configuration: ${escapeControl(error.message, { multiline: true })}\n`);
    return 1;
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
