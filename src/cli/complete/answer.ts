/** What a shell may do with candidates: cobra's bits. */
export const Directive = { ordinary: 0, error: 1, noSpace: 2, noFiles: 4, filterExtensions: 8, directories: 16, keepOrder: 32 } as const;

/** A word that may come next, and a line about it. */
export type Candidate = readonly [word: string, description?: string];

export interface Answer {
  candidates: readonly Candidate[];
  directive: number;
}

/** The shell completes files. */
export const ordinary: Answer = { candidates: [], directive: Directive.ordinary };
export const nothing: Answer = { candidates: [], directive: Directive.noFiles };

/** Words that begin with the prefix; nothing else is offered. */
export function wordsOf(words: Iterable<string>, prefix: string): Answer {
  const candidates = Array.from(words, (word): Candidate => [word]).filter(([word]) => word.startsWith(prefix));
  return { candidates, directive: Directive.noFiles };
}

/** Words of which some want more behind them (`container:`, `label=`): the shell adds no space. */
export function openWordsOf(words: Iterable<string>, prefix: string): Answer {
  const { candidates } = wordsOf(words, prefix);
  const open = candidates.some(([word]) => /[:=,.]$/.test(word));
  return { candidates, directive: Directive.noFiles | (open ? Directive.noSpace : 0) };
}

/** Beginnings of values: the shell adds no space, and completes files where none of them fits. */
export function beginningsOf(words: Iterable<string>, prefix: string): Answer {
  return { candidates: wordsOf(words, prefix).candidates, directive: Directive.noSpace };
}

/** The directive in words, as cobra says it on standard error. */
export function directiveNames(directive: number): string {
  const names = [
    [Directive.error, 'Error'],
    [Directive.noSpace, 'NoSpace'],
    [Directive.noFiles, 'NoFileComp'],
    [Directive.filterExtensions, 'FilterFileExt'],
    [Directive.directories, 'FilterDirs'],
    [Directive.keepOrder, 'KeepOrder'],
  ] as const;
  const set = names.filter(([bit]) => directive & bit).map(([, name]) => `ShellCompDirective${name}`);
  return set.length === 0 ? 'ShellCompDirectiveDefault' : set.join(', ');
}
