import { readSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { writeOut } from './streams.ts';

/** Asks on standard output and reads a line; yes is what begins with y. @throws SelkieError when the input ends before the line does */
export function confirm(question: string): boolean {
  writeOut(question);
  const line: number[] = [];
  const byte = Buffer.alloc(1);
  for (;;) {
    if (readByte(byte) === 0) throw new SelkieError('EOF');
    if (byte[0] === 0x0a) break;
    line.push(byte[0]!);
  }
  return Buffer.from(line).toString().toLowerCase().startsWith('y');
}

function readByte(byte: Buffer): number {
  for (;;) {
    try {
      return readSync(0, byte, 0, 1, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
