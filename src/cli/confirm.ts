import { readLine } from './prompt.ts';
import { writeOut } from './streams.ts';

/** Asks on standard output and reads a line; yes is what begins with y. @throws SelkieError when the input ends before the line does */
export function confirm(question: string): boolean {
  writeOut(question);
  return readLine().toLowerCase().startsWith('y');
}
