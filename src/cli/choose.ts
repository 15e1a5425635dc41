import { readSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { rawMode } from '../os/terminal.ts';
import { isTerminal } from './is-terminal.ts';
import { escapeControl } from './output/escape.ts';
import { writeOut } from './streams.ts';

/** Lets the user choose with the arrow keys; undefined where there is no terminal to do it on. */
export function chooser(label: string): ((items: string[]) => Promise<string>) | undefined {
  return isTerminal(0) && isTerminal(1) ? async (items) => choose(label, items) : undefined;
}

/** @throws SelkieError `^C` or `^D` when the user leaves without a choice */
function choose(label: string, items: string[]): string {
  let at = 0;
  const draw = (): void => {
    const lines = items.map((item, index) => (index === at ? `  ▸ \x1b[4m${escapeControl(item)}\x1b[0m` : `    ${escapeControl(item)}`));
    writeOut(`\x1b[J? ${label}: \r\n${lines.map((line) => `${line}\r\n`).join('')}\x1b[${items.length + 1}A`);
  };
  using _raw = rawMode(0);
  writeOut('\x1b[?25l');
  try {
    for (;;) {
      draw();
      const key = readKey();
      if (key === '\r' || key === '\n') break;
      if (key === '\x03' || key === '\x04' || key === '') throw new SelkieError(key === '\x03' ? '^C' : '^D');
      if (key === '\x1b[A' || key === 'k' || key === '\x10') at = Math.max(0, at - 1);
      if (key === '\x1b[B' || key === 'j' || key === '\x0e') at = Math.min(items.length - 1, at + 1);
    }
  } finally {
    writeOut('\x1b[J\x1b[?25h');
  }
  writeOut(`\x1b[32m✔\x1b[0m ${escapeControl(items[at]!)}\r\n`);
  return items[at]!;
}

function readKey(): string {
  const buffer = Buffer.alloc(8);
  return buffer.toString('latin1', 0, readSync(0, buffer, 0, buffer.length, null));
}
