import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { loadRegistriesConf, type RegistriesConf } from '../config/registries-conf.ts';
import { SelkieError } from '../errors.ts';
import { formatReference, isShortName, normalizeReference, parseReference, type Reference } from './reference.ts';
import { recordAlias } from './short-name-cache.ts';
import { formatTypedName, parseTypedName } from './typed-name.ts';

export interface ShortNameOptions {
  registriesConf?: string;
  /** Instead of the usual cache of choices. */
  aliasFile?: string;
  /** Asks the user which of several full names is meant; without it (no terminal) the mode decides. */
  choose?: (candidates: string[]) => Promise<string>;
}

export interface ResolvedName {
  /** Full names to try, in order. */
  readonly candidates: Reference[];
  /** What to tell before the first try. */
  readonly description?: string;
  /** Remembers the choice that the user made. */
  readonly record?: (chosen: Reference) => void;
}

/** What a name may mean among local images, best first: an alias's value, localhost's, the search registries'. */
export function localCandidates(name: string, options: ShortNameOptions = {}): Reference[] {
  if (!isShortName(name)) return [];
  const conf = loadConf(options);
  const alias = aliasOf(name, conf, options);
  const prefixed = ['localhost', ...conf.unqualifiedSearchRegistries].map((registry) => `${registry}/${name}`);
  return [...(alias ? [alias.value] : []), ...prefixed].flatMap((text) => {
    try {
      return [normalizeReference(text)];
    } catch {
      return [];
    }
  });
}

/** What to pull for a name as typed. @throws SelkieError when a short name leads nowhere or may not be guessed */
export async function resolveShortName(name: string, options: ShortNameOptions = {}): Promise<ResolvedName> {
  if (!isShortName(name)) return { candidates: [normalizeReference(name)] };
  parseReference(name);
  const conf = loadConf(options);
  const alias = aliasOf(name, conf, options);
  if (alias) return { candidates: [normalizeReference(alias.value)], description: describeOnce(parseTypedName(name).name, alias.path) };

  const registries = conf.unqualifiedSearchRegistries;
  const origin = conf.unqualifiedSearchPath;
  if (registries.length === 0) {
    const where = origin
      ? `no unqualified-search registries are defined in ${JSON.stringify(origin)}`
      : 'no containers-registries.conf(5) was found';
    throw new SelkieError(`short-name ${JSON.stringify(name)} did not resolve to an alias and ${where}`);
  }
  const candidates = registries.map((registry) => normalizeReference(`${registry}/${name}`));
  const description = `Resolving ${JSON.stringify(name)} using unqualified-search registries (${origin})`;
  if (conf.shortNameMode === 'disabled' || candidates.length === 1) return { candidates, description };
  if (!options.choose) {
    if (conf.shortNameMode === 'enforcing') throw new SelkieError('short-name resolution enforced but cannot prompt without a TTY');
    return { candidates, description };
  }
  const chosen = await options.choose(candidates.map(formatReference));
  const file = aliasFile(options);
  const short = parseTypedName(name).name;
  const record = ({ domain, path }: Reference): void => recordAlias(file, short, `${domain}/${path}`);
  return { candidates: [normalizeReference(chosen)], record };
}

const told = new Set<string>();

function describeOnce(name: string, path: string): string | undefined {
  const text = `Resolved ${JSON.stringify(name)} as an alias (${path})`;
  if (told.has(text)) return undefined;
  told.add(text);
  return text;
}

function loadConf(options: ShortNameOptions): RegistriesConf {
  return loadRegistriesConf(options.registriesConf ? { path: options.registriesConf } : {});
}

/** The alias's value with the tag or digest that was typed. */
function aliasOf(name: string, conf: RegistriesConf, options: ShortNameOptions): { value: string; path: string } | undefined {
  const typed = parseTypedName(name);
  const file = aliasFile(options);
  const own = existsSync(file) ? readAlias(file, typed.name) : undefined;
  const alias = own === undefined ? conf.aliases.get(typed.name) : { value: own, path: file };
  if (!alias?.value) return undefined;
  return { value: formatTypedName({ ...typed, name: alias.value }), path: alias.path };
}

/** One line of the cache's `[aliases]` table; an empty value takes the alias away. */
function readAlias(file: string, name: string): string | undefined {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((each) => each.trimStart().startsWith(`"${name}"`));
  return line === undefined ? undefined : /=\s*"([^"]*)"/.exec(line)?.[1];
}

function aliasFile(options: ShortNameOptions): string {
  if (options.aliasFile) return options.aliasFile;
  if (!isRootless()) return '/var/cache/containers/short-name-aliases.conf';
  return join(process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] ?? '/', '.cache'), 'containers/short-name-aliases.conf');
}
