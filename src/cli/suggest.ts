import type { CommandTree } from './tree-node.ts';

/** Commands that a mistyped word may have meant: beginning with it, or within so many edits. */
export function suggest(children: CommandTree, word: string, edits: number): string[] {
  const typed = word.toLowerCase();
  return Object.entries(children)
    .filter(([name, node]) => !node.hidden && (distance(typed, name) <= edits || name.startsWith(typed)))
    .map(([name]) => name);
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length]!;
}
