import { existsSync, readFileSync } from 'node:fs';
import type { FlagTable } from '../../src/cli/flag.ts';
import { globalFlags } from '../../src/cli/flags/global.ts';
import { defaultText, isShown, valueName } from '../../src/cli/help/flag-usages.ts';
import { useLine } from '../../src/cli/help/help.ts';
import type { CommandNode, CommandTree } from '../../src/cli/tree-node.ts';
import { treeOf } from '../../src/cli/trees.ts';
import { markdownToRoff, roff } from './roff.ts';
import { type Leaf, leaves } from './summaries.ts';

/**
 * man/*.1: a page for each command, made of the table and of the prose beside it (`run.md` beside `run.ts`); a page that refers to it for each
 * other place of the same command.
 */
export async function manPages(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const all = (await leaves('selkie')).filter(({ hidden }) => !hidden);
  const first = new Map<unknown, Leaf>();
  const longestFirst = all.toSorted((a, b) => b.words.length - a.words.length);
  for (const leaf of longestFirst) if (!first.has(leaf.command)) first.set(leaf.command, leaf);

  for (const leaf of all) {
    const own = first.get(leaf.command)!;
    pages.set(fileOf(leaf.words), own === leaf ? commandPage(leaf) : `.so man1/${pageOf(own.words)}.1\n`);
  }
  for (const [words, node] of groups(treeOf('selkie'))) pages.set(fileOf(words), groupPage(words, node));
  pages.set(fileOf([]), rootPage());
  return new Map([...pages].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const pageOf = (words: readonly string[]): string => ['selkie', ...words].join('-');
const fileOf = (words: readonly string[]): string => `man/${pageOf(words)}.1`;

function groups(tree: CommandTree, above: string[] = []): [string[], CommandNode][] {
  return Object.entries(tree).flatMap(([word, node]) => {
    if (!node.children || node.hidden) return [];
    return [[[...above, word], node] as [string[], CommandNode], ...groups(node.children, [...above, word])];
  });
}

function title(words: readonly string[]): string {
  return `.TH "${pageOf(words).toUpperCase()}" "1" "" "selkie" "User commands"\n`;
}

function commandPage({ program, words, node, command }: Leaf): string {
  const path = ['selkie', ...words].join(' ');
  const lines = [
    title(words),
    `.SH NAME\n${roff(`${pageOf(words)} - ${lowerFirst(command.summary)}`)}\n`,
    `.SH SYNOPSIS\n.B ${roff(path)}\n${roff(useLine(program, command))}\n`,
  ];
  if (node.aliases?.length) lines.push(`.PP\n${roff(`Also: ${node.aliases.join(', ')}`)}\n`);
  lines.push(`.SH DESCRIPTION\n${roff(command.description ?? `${command.summary}.`)}\n`);
  const prose = proseOf(program, words);
  if (prose !== undefined) lines.push(`.PP\n${markdownToRoff(prose)}`);
  const options = optionList(command.flags);
  if (options !== '') lines.push(`.SH OPTIONS\n${options}`);
  if (command.examples.length > 0) {
    const shown = command.examples.map((example) =>
      roff(program === 'buildah' || program === 'skopeo' ? `selkie ${program} ${example}` : `selkie ${example}`),
    );
    lines.push(`.SH EXAMPLES\n.nf\n${shown.join('\n')}\n.fi\n`);
  }
  lines.push(seeAlso(words));
  return lines.join('');
}

function proseOf(program: string, words: readonly string[]): string | undefined {
  const inner = program === 'buildah' || program === 'skopeo' ? [program, ...words.filter((word, i) => i > 0 || word !== program)] : words;
  const file = `src/cli/commands/${inner.join('/')}.md`;
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function groupPage(words: string[], node: CommandNode): string {
  const path = ['selkie', ...words].join(' ');
  const globals = node.program ? `.SH OPTIONS\n${optionList(globalFlags[node.program].persistent)}` : '';
  return [
    title(words),
    `.SH NAME\n${roff(`${pageOf(words)} - ${lowerFirst(node.summary ?? '')}`)}\n`,
    `.SH SYNOPSIS\n.B ${roff(path)}\nCOMMAND\n`,
    `.SH COMMANDS\n${children(words, node.children!)}`,
    globals,
    seeAlso(words),
  ].join('');
}

function rootPage(): string {
  const { local, persistent } = globalFlags.selkie;
  return [
    title([]),
    '.SH NAME\nselkie \\- run, build and share containers, pods and images without a daemon\n',
    '.SH SYNOPSIS\n.B selkie\n[options] COMMAND\n',
    '.SH DESCRIPTION\n',
    roff(
      'Does the work of podman, buildah and skopeo on one store, which it shares with them. Called by the name of one of them it answers as that program.',
    ),
    `\n.SH COMMANDS\n${children([], treeOf('selkie'))}`,
    `.SH OPTIONS\n${optionList({ ...persistent, ...local })}`,
  ].join('');
}

function children(words: readonly string[], tree: CommandTree): string {
  return Object.keys(tree)
    .filter((word) => !tree[word]!.hidden)
    .sort()
    .map((word) => `.TP\n.BR ${roff(pageOf([...words, word]))} (1)\n`)
    .join('');
}

function optionList(flags: FlagTable): string {
  return Object.entries(flags)
    .filter(([, flag]) => isShown(flag))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const value = /^string(Array|s)?$/.test(valueName(flag)) ? 'text' : valueName(flag);
      const short = flag.short === undefined ? '' : `\\fB\\-${flag.short}\\fR, `;
      const optional = flag.noOptDefault !== undefined && value !== '';
      const shownValue = value === '' ? '' : optional ? `[=\\fI${roff(value)}\\fR]` : ` \\fI${roff(value)}\\fR`;
      const standard = defaultText(flag);
      const ending = standard === undefined || flag.summary.includes('(default ') ? '' : ` (default ${standard})`;
      const choices = flag.choices && !flag.summary.includes(flag.choices[0]!) ? `: ${flag.choices.join(', ')}` : '';
      return `.TP\n${short}\\fB\\-\\-${roff(name)}\\fR${shownValue}\n${roff(`${flag.summary}${choices}${ending}`)}\n`;
    })
    .join('');
}

function seeAlso(words: readonly string[]): string {
  return `.SH SEE ALSO\n.BR ${roff(pageOf(words.slice(0, -1)))} (1)\n`;
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z ]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text);
