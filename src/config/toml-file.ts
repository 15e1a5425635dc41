import { readFileSync } from 'node:fs';

export type TomlValue = string | number | bigint | boolean | Date | TomlValue[] | { [key: string]: TomlValue };
export type TomlTable = { [key: string]: TomlValue };

/**
 * Parses a configuration file. Files of the distributions are nearly all comment, with a few plain settings, and every command
 * reads them: such files are read here, in a tenth of the time (10 ms for a containers.conf of 35 KB otherwise). Whatever is
 * less plain goes to the real parser.  @throws the parser's error, with the line in the file
 */
export function readTomlFile(path: string): TomlTable {
  return parseToml(readFileSync(path, 'utf8'));
}

/** Parses TOML text; see readTomlFile. */
export function parseToml(text: string): TomlTable {
  // Dropping comment lines by one expression is twice as fast as looking at each; only in a multi-line string would it be wrong.
  const plain = /"""|'''/.test(text) ? undefined : parsePlain(text.replace(/^[ \t]*(?:#.*)?(?:\n|$)/gm, ''));
  if (plain !== undefined) return plain;
  const { parse } = require('smol-toml') as typeof import('smol-toml');
  return parse(text) as TomlTable;
}

const header = /^\[([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\]\s*(?:#.*)?$/;
const arrayHeader = /^\[\[([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\]\]\s*(?:#.*)?$/;
const setting = /^([A-Za-z0-9_-]+)\s*=\s*(.+)$/;
const scalar = /^(?:"([^"\\\x00-\x1f\x7f]*)"|'([^'\x00-\x1f\x7f]*)'|(true|false)|(0|-?[1-9]\d{0,14}))\s*(?:#.*)?$/;
const item = /^\s*(?:"([^"\\\x00-\x1f\x7f]*)"|'([^'\x00-\x1f\x7f]*)')\s*(,?)/;

/** Reads headers of tables and of arrays of them, and settings that are a string, a number, a truth or a list of strings; undefined for text with anything else. */
function parsePlain(text: string): TomlTable | undefined {
  const root: TomlTable = {};
  const opened = new Set<TomlTable>();
  let table = root;
  let at = 0;
  while (at < text.length) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, end).trim();
    at = end + 1;
    if (line === '' || line.charCodeAt(0) === 0x23) continue;
    if (line.startsWith('[[')) {
      const path = arrayHeader.exec(line)?.[1];
      const next = path === undefined ? undefined : appendTable(root, path);
      if (next === undefined) return undefined;
      table = next;
      continue;
    }
    if (line.startsWith('[')) {
      const path = header.exec(line)?.[1];
      const next = path === undefined ? undefined : openTable(root, path);
      if (next === undefined || opened.has(next)) return undefined;
      opened.add(next);
      table = next;
      continue;
    }
    const [, key, value] = setting.exec(line) ?? [];
    if (key === undefined || value === undefined || Object.hasOwn(table, key) || key === '__proto__') return undefined;
    if (value.startsWith('[')) {
      const list = readList(text, value, at);
      if (list === undefined) return undefined;
      table[key] = list.items;
      at = list.end;
      continue;
    }
    const read = readScalar(value);
    if (read === undefined) return undefined;
    table[key] = read;
  }
  return root;
}

function openTable(root: TomlTable, path: string): TomlTable | undefined {
  let table = root;
  for (const name of path.split('.')) {
    if (name === '__proto__') return undefined;
    if (!Object.hasOwn(table, name)) table[name] = {};
    const next: TomlValue = table[name]!;
    if (typeof next !== 'object' || Array.isArray(next) || next instanceof Date) return undefined;
    table = next;
  }
  return table;
}

/** Begins a table at the end of an array of them, which may lie in the last table of another one. */
function appendTable(root: TomlTable, path: string): TomlTable | undefined {
  const names = path.split('.');
  const last = names.pop()!;
  let table = root;
  for (const name of names) {
    const tables = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!isArrayOfTables(tables)) return undefined;
    table = tables.at(-1)!;
  }
  if (last === '__proto__') return undefined;
  if (!Object.hasOwn(table, last)) table[last] = [{}];
  else {
    const tables = table[last];
    if (!isArrayOfTables(tables)) return undefined;
    tables.push({});
  }
  return (table[last] as TomlTable[]).at(-1);
}

/** Lists that are read here hold strings only, and an empty one is no array of tables. */
const isArrayOfTables = (value: TomlValue | undefined): value is TomlTable[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'object';

function readScalar(text: string): TomlValue | undefined {
  const match = scalar.exec(text);
  if (match === null) return undefined;
  const [, double, single, truth, number] = match;
  return double ?? single ?? (truth === undefined ? Number(number) : truth === 'true');
}

/** A list of strings that begins in `first` and may go on in the lines from `at`. */
function readList(text: string, first: string, at: number): { items: string[]; end: number } | undefined {
  const items: string[] = [];
  let rest = first.slice(1);
  let end = at;
  let separated = true;
  for (;;) {
    rest = rest.trimStart();
    if (rest === '' || rest.startsWith('#')) {
      if (end >= text.length) return undefined;
      let next = text.indexOf('\n', end);
      if (next < 0) next = text.length;
      rest = text.slice(end, next);
      end = next + 1;
    } else if (rest.startsWith(']')) {
      return /^\]\s*(?:#.*)?$/.test(rest) ? { items, end } : undefined;
    } else {
      const match = item.exec(rest);
      if (match === null || !separated) return undefined;
      items.push(match[1] ?? match[2]!);
      separated = match[3] === ',';
      rest = rest.slice(match[0].length);
    }
  }
}
