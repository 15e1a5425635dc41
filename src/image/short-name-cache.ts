import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LockFile } from '../os/locks.ts';

/** Remembers a short name's full name in the file that podman keeps for it. Published by one rename, under its lock. */
export function recordAlias(file: string, name: string, value: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = new LockFile(`${file}.lock`);
  lock.lockExclusive();
  try {
    write(file, name, value);
  } finally {
    lock.close();
  }
}

function write(file: string, name: string, value: string): void {
  const aliases = new Map<string, string>();
  for (const [, key, known] of readOrEmpty(file).matchAll(/^\s*"([^"]*)"\s*=\s*"([^"]*)"/gm)) aliases.set(key!, known!);
  aliases.set(name, value);
  const lines = [...aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, known]) => `  "${key}" = "${known}"\n`);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `[aliases]\n${lines.join('')}`, { mode: 0o644 });
  renameSync(temporary, file);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
