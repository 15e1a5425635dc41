import { readSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { rawMode } from '../os/terminal.ts';

const [enter, newline, interrupt, endOfInput, backspace, erase] = [0x0d, 0x0a, 0x03, 0x04, 0x7f, 0x08];

/** A line of standard input without its end. @throws SelkieError at the end of the input */
export function readLine(): string {
  const bytes: number[] = [];
  for (let byte = next(); byte !== newline; byte = next()) bytes.push(byte);
  return Buffer.from(bytes).toString().trim();
}

/** A line typed at the terminal that is not shown. @throws SelkieError when it is broken off */
export function readHidden(): string {
  using _raw = rawMode(0);
  const bytes: number[] = [];
  for (;;) {
    const byte = next();
    if (byte === enter || byte === newline) return Buffer.from(bytes).toString();
    if (byte === interrupt || byte === endOfInput) throw new SelkieError('reading password: interrupted');
    if (byte === backspace || byte === erase) bytes.pop();
    else bytes.push(byte);
  }
}

function next(): number {
  const buffer = Buffer.alloc(1);
  if (readSync(0, buffer) === 0) throw new SelkieError('EOF');
  return buffer[0]!;
}
