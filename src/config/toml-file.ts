import { readFileSync } from 'node:fs';

export type TomlValue = string | number | bigint | boolean | Date | TomlValue[] | { [key: string]: TomlValue };
export type TomlTable = { [key: string]: TomlValue };

/**
 * Parses a configuration file. Files of the distributions are nearly all comment, so these lines are dropped before the
 * parser sees them (10 ms for a 35 KB containers.conf otherwise, on every command), and a file that says nothing never
 * loads the parser.  @throws the parser's error, with the line in the file
 */
export function readTomlFile(path: string): TomlTable {
  return parseToml(readFileSync(path, 'utf8'));
}

/** Parses TOML text; see readTomlFile. */
export function parseToml(text: string): TomlTable {
  const short = /"""|'''/.test(text) ? text : text.replace(/^[ \t]*(?:#.*)?(?:\r?\n|$)/gm, '');
  if (/^(?:\[[\w.]+\]\s*)*$/.test(short)) return {};
  const { parse } = require('smol-toml') as typeof import('smol-toml');
  try {
    return parse(short) as TomlTable;
  } catch (error) {
    if (short === text) throw error;
    return parse(text) as TomlTable;
  }
}
