import type { GlobalOptions, ProgramName } from '../../config/globals.ts';
import { type Answer, Directive, nothing, openWordsOf, ordinary, wordsOf } from './answer.ts';
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
  if (completer === 'containerPaths' && !/^[/.]/.test(prefix) && prefix.includes(':')) {
    const colon = prefix.indexOf(':');
    const { containerFiles } = await import('./root-paths.ts');
    return containerFiles(prefix.slice(0, colon), prefix.slice(colon + 1), place);
  }
  if (isStored(completer)) return storedValues(completer, prefix, place);
  switch (completer) {
    case 'files':
    case 'directories':
      return ordinary;
    case 'signals':
      return wordsOf(/^SIG/i.test(prefix) ? signals.map((name) => `SIG${name}`) : signals, prefix.toUpperCase());
    case 'capabilities':
      return wordsOf(capabilities, prefix.toUpperCase());
    case 'topDescriptors':
      return wordsOf(topDescriptors, prefix);
    case 'transports':
      return openWordsOf(transports, prefix);
    case 'commands':
      return place.words[0] === 'help'
        ? commandsAfter(place, prefix)
        : (await import('./root-paths.ts')).imagePaths(place.args[0]!, prefix, place);
    case 'users':
    case 'groups':
      return accounts(completer === 'users' ? '/etc/passwd' : '/etc/group', prefix);
    case 'subordinateUsers':
    case 'subordinateGroups':
      return wordsOf(await firstFields(completer === 'subordinateUsers' ? '/etc/subuid' : '/etc/subgid'), prefix);
    case 'configModules':
      return { candidates: wordsOf(await configModules(), prefix).candidates, directive: ordinary.directive };
    case 'interfaces':
      return wordsOf((await import('node:fs')).readdirSync('/sys/class/net').sort(), prefix);
    case 'sysctls':
      return wordsOf(await sysctls(), prefix);
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

async function configModules(): Promise<string[]> {
  const [{ moduleDirectories }, { readdirSync }] = await Promise.all([import('../../config/containers-conf.ts'), import('node:fs')]);
  return moduleDirectories().flatMap((directory) => {
    try {
      const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(directory.length + 1))
        .sort();
    } catch {
      return [];
    }
  });
}

/** Those of the host: what an image has cannot be told without mounting it. */
async function accounts(file: string, prefix: string): Promise<Answer> {
  const names = await firstFields(file);
  const { candidates } = wordsOf(
    names.map((name) => `${name}:`),
    prefix,
  );
  return { candidates, directive: Directive.noSpace };
}

/** What stands before the first colon of each line. A file that is not there has none. */
async function firstFields(file: string): Promise<string[]> {
  const { existsSync, readFileSync } = await import('node:fs');
  if (!existsSync(file)) return [];
  const names = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':', 1)[0]!);
  return names.filter((name) => name !== '');
}

/** What the kernel lets be set, by its dotted names. */
async function sysctls(): Promise<string[]> {
  const { readdirSync } = await import('node:fs');
  const root = '/proc/sys';
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length + 1).replaceAll('/', '.'))
    .sort();
}
