import type { ProgramName } from '../config/globals.ts';
import type { FlagTable } from './flag.ts';
import { globalFlags } from './flags/global.ts';
import { parseLine } from './parse.ts';
import type { CommandNode, CommandTree } from './tree-node.ts';

/** Where a command line leads: a node of the tree, what is left for it, and the global flags that came before it. */
export interface Location {
  node: CommandNode;
  /** Whose flags and texts apply. */
  program: ProgramName;
  /** By their proper names, aliases resolved; without the program. */
  words: string[];
  rest: string[];
  given: Map<string, unknown>;
}

/**
 * Follows a command line down the tree. podman and skopeo read the flags that come before a word as those of the group reached so
 * far; buildah hands them to the command, so that its own flags too may come first.
 * @throws UsageError where those flags are wrong
 */
export function locate(program: ProgramName, tree: CommandTree, argv: readonly string[]): Location {
  const location: Location = { node: { children: tree }, program, words: [], rest: [...argv], given: new Map() };
  while (location.node.children !== undefined && step(location));
  return location;
}

function step(location: Location): boolean {
  const { local, persistent } = globalFlags[location.program];
  const tables: FlagTable[] = location.words.length === 0 || location.node.program ? [local, persistent] : [persistent];
  const at = firstWord(location.rest, tables);
  if (at < 0) return false;
  const found = findChild(location.node.children!, location.rest[at]!);
  if (!found) return false;

  const before = location.rest.slice(0, at);
  const after = location.rest.slice(at + 1);
  if (location.program === 'buildah') {
    location.rest = [...before, ...after];
  } else {
    const line = parseLine(before, tables);
    for (const name of line.changed) location.given.set(name, line.values[name]);
    location.rest = after;
  }
  location.words.push(found[0]);
  location.node = found[1];
  location.program = found[1].program ?? location.program;
  return true;
}

/** Index of the first argument that is neither a flag nor, by these tables, a flag's value; -1 without one. Unknown flags take a value. */
export function firstWord(argv: readonly string[], tables: readonly FlagTable[]): number {
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at]!;
    if (arg === '--') return -1;
    if (!arg.startsWith('-') || arg === '-') return at;
    if (takesNext(arg, tables)) at++;
  }
  return -1;
}

function takesNext(arg: string, tables: readonly FlagTable[]): boolean {
  if (arg.includes('=')) return false;
  if (!arg.startsWith('--') && arg.length > 2) return false;
  for (const table of tables) {
    for (const name of Object.keys(table)) {
      const entry = table[name]!;
      if (arg === `--${name}` || arg === `-${entry.short}`) return entry.noOptDefault === undefined;
    }
  }
  return arg !== '-h';
}

/** The child of that name or alias. */
export function findChild(children: CommandTree, word: string): [name: string, node: CommandNode] | undefined {
  if (Object.hasOwn(children, word)) return [word, children[word]!];
  for (const name of Object.keys(children)) {
    const node = children[name]!;
    if (node.aliases?.includes(word)) return [name, node];
  }
  return undefined;
}
