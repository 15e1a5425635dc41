import type { ProgramName } from '../config/globals.ts';
import { summaries } from './summaries.ts';
import type { CommandNode } from './tree-node.ts';

/** The line about a command in lists, without loading its module. @param words by their proper names */
export function summaryOf(program: ProgramName, words: readonly string[], node: CommandNode): string {
  if (node.summary !== undefined) return node.summary;
  const [first = '', ...rest] = words;
  const key = program === 'buildah' || program === 'skopeo' ? [program, ...(first === program ? rest : words)] : ['podman', ...words];
  return summaries[key.join(' ')] ?? '';
}
