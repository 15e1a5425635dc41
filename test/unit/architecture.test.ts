import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');

/** Folders from the highest down; what is on a level may import what is on its own or below. */
const levels = [
  ['main.ts', 'index.ts', 'cli'],
  ['service'],
  ['kube', 'pod', 'systemd'],
  ['build'],
  ['container'],
  ['network', 'volume', 'secret', 'artifact'],
  ['image'],
  ['registry'],
  ['storage'],
  ['archive'],
  ['config'],
  ['rootless'],
  ['os'],
  ['errors.ts', 'diagnostics.ts'],
];

interface Import {
  from: string;
  to: string;
  /** Of types only: gone when the program runs. */
  typeOnly: boolean;
  /** `import()` or `require()`: loaded when it is reached, not before. */
  lazy: boolean;
}

const files = (readdirSync(src, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts')).sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = texts.get(file)!.replace(/\/\*[\s\S]*?\*\//g, '');
  const found: Import[] = [];
  const add = (target: string, typeOnly: boolean, lazy: boolean) => {
    if (target.startsWith('.')) found.push({ from: file, to: relative(src, resolve(src, dirname(file), target)), typeOnly, lazy });
  };
  for (const match of text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:(\{[^}]*\}|\*(?:\s+as\s+\w+)?|[\w\s,{}]+?)\s+from\s+)?'([^']+)'/gm,
  )) {
    const [, type, names = '', target] = match;
    const onlyTypes =
      /^\{/.test(names) &&
      names
        .replace(/[{}]/g, '')
        .split(',')
        .every((name) => name.trim() === '' || name.trim().startsWith('type '));
    add(target!, type !== undefined || onlyTypes, false);
  }
  for (const [, target] of text.matchAll(/(?<!typeof )(?:import|require)\('([^']+)'\)/g)) add(target!, false, true);
  return found;
}

const levelOf = (file: string): number => levels.findIndex((names) => names.includes(file.split('/', 1)[0]!));

test('every file has a place in the house', () => {
  expect(files.filter((file) => levelOf(file) < 0)).toEqual([]);
});

test('imports point downward', () => {
  const upward = imports.filter(({ from, to, typeOnly }) => !typeOnly && levelOf(to) < levelOf(from));
  expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('imports make no circle', () => {
  const graph = new Map<string, string[]>();
  for (const { from, to, typeOnly, lazy } of imports) if (!typeOnly && !lazy) graph.set(from, [...(graph.get(from) ?? []), to]);
  expect(circles(graph)).toEqual([]);
});

test('only os/ calls libc', () => {
  expect(files.filter((file) => !file.startsWith('os/') && /['"]bun:ffi['"]/.test(texts.get(file)!))).toEqual([]);
});

/** Entry points of processes of their own, which a parent speaks to by exit code and pipe. */
const processes = new Set(['archive/unpack-helper.ts', 'network/port-relay.ts']);

test('only cli/ and main.ts print or end the process', () => {
  const prints = /\bconsole\.\w+\(|\bprocess\.exit\(|\bprocess\.(stdout|stderr)\.write\(/;
  expect(
    files.filter((file) => !file.startsWith('cli/') && file !== 'main.ts' && !processes.has(file) && prints.test(code(texts.get(file)!))),
  ).toEqual([]);
});

test('no file is named after nothing', () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.ts|\/)/.test(file))).toEqual([]);
});

test("oclif's runtime is not loaded", () => {
  expect(files.filter((file) => /^import (?!type\b).*@oclif\/core/m.test(texts.get(file)!))).toEqual([]);
});

const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

function circles(graph: Map<string, string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: string, trail: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** Each costs as much to load as a small command takes; these places are reached by few commands, and by none that must be instant. */
const costly = /^node:(child_process|crypto|http|https|net|readline|stream|stream\/promises|tty|zlib)$/;
const mayLoadCostly = [
  'archive/decompressor-program.ts',
  'archive/gzip-writer.ts',
  'archive/unpack.ts',
  'archive/zlib-handle.ts',
  'archive/zstd-chunked/table.ts',
  'archive/zstd.ts',
  'config/connection-destination.ts',
  'image/encryption/',
  'image/signature/',
  'image/transports/archive-file.ts',
  'image/transports/docker-archive-destination.ts',
  'image/transports/docker-daemon.ts',
  'image/transports/oci-archive.ts',
  'network/port-relay.ts',
  'rootless/create-namespace.ts',
  'secret/secret-driver.ts',
  'service/',
  'storage/drivers/vfs.ts',
];

test('modules of the runtime that take long to load are not loaded on the way of every command', () => {
  const loading = files.filter((file) =>
    [...texts.get(file)!.matchAll(/^import (?!type )(?!\{ type [^,}]* \}).*from '([^']+)'/gm)].some(([, module]) => costly.test(module!)),
  );
  expect(loading.filter((file) => !mayLoadCostly.some((place) => file.startsWith(place)))).toEqual([]);
});
