import { readSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { pollReadable } from '../os/readable.ts';
import { rawMode } from '../os/terminal.ts';

const [enter, newline, interrupt, endOfInput, backspace, erase] = [0x0d, 0x0a, 0x03, 0x04, 0x7f, 0x08];

/** A line of standard input without its end. @throws SelkieError at the end of the input */
export function readLine(): string {
  const bytes: number[] = [];
  for (let byte = next(); byte !== newline; byte = next()) bytes.push(byte);
  return Buffer.from(bytes).toString();
}

/** Asks for a line at the terminal that is not shown, from before the question on. @throws SelkieError when it is broken off */
export function askHidden(question: string, write: (text: string) => void): string {
  using _raw = rawMode(0);
  write(question);
  const bytes: number[] = [];
  for (;;) {
    const byte = next();
    if (byte === enter || byte === newline) {
      write('\r\n');
      return Buffer.from(bytes).toString();
    }
    if (byte === interrupt || byte === endOfInput) throw new SelkieError('reading password: interrupted');
    if (byte === backspace || byte === erase) bytes.pop();
    else bytes.push(byte);
  }
}

function next(): number {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(0, byte, 0, 1, null) === 0) throw new SelkieError('EOF');
      return byte[0]!;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') throw new SelkieError('EOF');
      if (code !== 'EAGAIN') throw error;
      pollReadable([0], -1);
    }
  }
}
