import type { GlobalOptions, ProgramName } from '../../config/globals.ts';
import { type Answer, directories, nothing, openWordsOf, ordinary, wordsOf } from './answer.ts';
import type { Completer } from './completer.ts';
import { capabilities, signals, topDescriptors } from './fixed-values.ts';
import { isStored, storedValues } from './stored-values.ts';

/** Where on the command line something is to be completed. */
export interface Place {
  program: ProgramName;
  words: readonly string[];
  /** Arguments that came before. */
  args: readonly string[];
  globals: GlobalOptions;
}

const transports = 'containers-storage: dir: docker: docker-archive: docker-daemon: oci: oci-archive: sif: tarball:'.split(' ');

/** The candidates of a completer. What is in a store is read without a lock held and without anything being made. */
export async function valuesFor(completer: Completer | readonly string[], prefix: string, place: Place): Promise<Answer> {
  if (typeof completer !== 'string') return wordsOf(completer, prefix);
  if (isStored(completer)) return storedValues(completer, prefix, place);
  switch (completer) {
    case 'files':
      return ordinary;
    case 'directories':
      return directories;
    case 'signals':
      return wordsOf(/^SIG/i.test(prefix) ? signals.map((name) => `SIG${name}`) : signals, prefix.toUpperCase());
    case 'capabilities':
      return wordsOf(capabilities, prefix.toUpperCase());
    case 'topDescriptors':
      return wordsOf(topDescriptors, prefix);
    case 'transports':
      return openWordsOf(transports, prefix);
    case 'commands':
      return place.words[0] === 'help' ? commandsAfter(place, prefix) : ordinary;
    case 'users':
    case 'groups':
      return accounts(completer === 'users' ? '/etc/passwd' : '/etc/group', prefix);
    default:
      return nothing;
  }
}

async function commandsAfter(place: Place, prefix: string): Promise<Answer> {
  const { treeOf } = await import('../trees.ts');
  const { locate } = await import('../locate.ts');
  const { summaryOf } = await import('../summary-of.ts');
  const location = locate(place.program, treeOf(place.program), place.args);
  const { children } = location.node;
  if (!children || location.rest.length > 0) return nothing;
  const names = Object.keys(children).filter((name) => !children[name]!.hidden && name.startsWith(prefix));
  const candidates = names.sort().map((name) => [name, summaryOf(location.program, [...location.words, name], children[name]!)] as const);
  return { candidates, directive: nothing.directive };
}

/** Those of the host: what an image has cannot be told without mounting it. */
async function accounts(file: string, prefix: string): Promise<Answer> {
  const { readFileSync } = await import('node:fs');
  const names = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':', 1)[0]!);
  return openWordsOf(
    names.filter((name) => name !== '').map((name) => `${name}:`),
    prefix,
  );
}
