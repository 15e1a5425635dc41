import type { ProgramName } from '../../config/globals.ts';
import { writeOut } from '../streams.ts';

/** Answers a shell that asks what may come next. */
export function complete(_program: ProgramName, _argv: readonly string[]): void {
  writeOut(':4\n');
}
