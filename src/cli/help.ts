import type { ProgramName } from '../config/globals.ts';
import type { Location } from './locate.ts';

/** The text that explains a command or a group of commands. */
export async function help(called: ProgramName, location: Location): Promise<string> {
  return `Usage:\n  ${[called, ...location.words].join(' ')}\n`;
}
