import type { CommandClass } from '../../src/cli/command.ts';
import type { CommandNode, CommandTree } from '../../src/cli/tree-node.ts';
import { treeOf } from '../../src/cli/trees.ts';
import type { ProgramName } from '../../src/config/globals.ts';

export interface Leaf {
  program: ProgramName;
  words: string[];
  node: CommandNode;
  command: CommandClass;
  /** Whether lists leave it out, or the group it is in. */
  hidden: boolean;
}

/** Every command that a program's tree leads to, under each of its places. */
export async function leaves(
  program: ProgramName,
  tree: CommandTree = treeOf(program),
  above: string[] = [],
  inHidden = false,
): Promise<Leaf[]> {
  const found: Leaf[] = [];
  for (const word of Object.keys(tree).sort()) {
    const node = tree[word]!;
    const words = [...above, word];
    const hidden = inHidden || node.hidden === true;
    if (node.children) found.push(...(await leaves(node.program ?? program, node.children, words, hidden)));
    else found.push({ program, words, node, command: (await node.load!()).default, hidden });
  }
  return found;
}

/** src/cli/summaries.ts: one line about each command, so that lists of them need not load their modules. */
export async function summariesModule(): Promise<string> {
  const lines: string[] = [];
  for (const program of ['podman', 'buildah', 'skopeo'] as const) {
    for (const { words, command } of await leaves(program)) lines.push(entry([program, ...words].join(' '), command.summary));
  }
  lines.push(entry('podman cri', ((await treeOf('selkie')['cri']!.load!()).default as CommandClass).summary));
  return `// Made by \`npm run generate\` of the command classes.\nexport const summaries: Readonly<Record<string, string>> = {\n${lines.join('')}};\n`;
}

const quoted = (text: string): string => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`);
const entry = (key: string, text: string): string => `  ${quoted(key)}: ${quoted(text)},\n`;
