import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { configHome, homeDir } from './paths.ts';
import { parseToml, type TomlTable, type TomlValue } from './toml-file.ts';

export interface RegistryMirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly pullFromMirror: 'all' | 'digest-only' | 'tag-only';
}

/** One `[[registry]]`. */
export interface RegistryEntry {
  readonly prefix: string;
  readonly location: string;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly RegistryMirror[];
}

export interface RegistriesConf {
  /** The file that was read, for messages. */
  readonly path: string;
  readonly registries: readonly RegistryEntry[];
  readonly unqualifiedSearchRegistries: readonly string[];
  /** The file that set unqualified-search-registries last. */
  readonly unqualifiedSearchPath: string;
  readonly shortNameMode: 'enforcing' | 'permissive' | 'disabled';
  readonly credentialHelpers: readonly string[];
  /** Short name to full name, with the file that says so. */
  readonly aliases: ReadonlyMap<string, { readonly value: string; readonly path: string }>;
}

export interface RegistriesConfOptions {
  /** Instead of the usual file. */
  readonly path?: string;
  /** Instead of the usual drop-in directories. */
  readonly directory?: string;
}

export class RegistriesConfError extends SelkieError {}

export class RegistryBlocked extends SelkieError {
  constructor(
    readonly registry: string,
    path: string,
  ) {
    super(`registry ${registry} is blocked in ${path}`);
  }
}

let cached: { key: string; conf: RegistriesConf } | undefined;

/** Reads registries.conf and its drop-ins, once for the same files. @throws RegistriesConfError */
export function loadRegistriesConf(options: RegistriesConfOptions = {}): RegistriesConf {
  const key = JSON.stringify([
    options,
    process.env['CONTAINERS_REGISTRIES_CONF'],
    process.env['REGISTRIES_CONFIG_PATH'],
    process.env['HOME'],
  ]);
  if (cached?.key !== key) cached = { key, conf: read(options) };
  return cached.conf;
}

function read(options: RegistriesConfOptions): RegistriesConf {
  const path = options.path || mainPath();
  const result: Mutable = { registries: new Map(), search: [], searchPath: path, mode: 'permissive', helpers: [], aliases: new Map() };
  const named = Boolean(options.path || process.env['CONTAINERS_REGISTRIES_CONF'] || process.env['REGISTRIES_CONFIG_PATH']);
  apply(result, path, named);
  for (const file of dropIns(options)) apply(result, file, true);
  return {
    path,
    registries: [...result.registries.values()],
    unqualifiedSearchRegistries: result.search,
    unqualifiedSearchPath: result.searchPath,
    shortNameMode: result.mode,
    credentialHelpers: result.helpers,
    aliases: result.aliases,
  };
}

interface Mutable {
  registries: Map<string, RegistryEntry>;
  search: string[];
  searchPath: string;
  mode: 'enforcing' | 'permissive' | 'disabled';
  helpers: string[];
  aliases: Map<string, { value: string; path: string }>;
}

function mainPath(): string {
  const named = process.env['CONTAINERS_REGISTRIES_CONF'] || process.env['REGISTRIES_CONFIG_PATH'];
  if (named) return named;
  const own = join(userDirectory(), 'registries.conf');
  return text(own) === undefined ? '/etc/containers/registries.conf' : own;
}

function userDirectory(): string {
  return process.env['HOME'] ? join(homeDir(), '.config/containers') : join(configHome(), 'containers');
}

function dropIns(options: RegistriesConfOptions): string[] {
  const directories = options.directory
    ? [options.directory]
    : ['/etc/containers/registries.conf.d', join(userDirectory(), 'registries.conf.d')];
  return directories.flatMap((directory) => {
    try {
      return readdirSync(directory)
        .filter((name) => name.endsWith('.conf'))
        .sort()
        .map((name) => join(directory, name));
    } catch {
      return [];
    }
  });
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function apply(result: Mutable, path: string, required: boolean): void {
  const content = text(path);
  if (content === undefined) {
    if (required)
      throw new RegistriesConfError(`loading registries configuration ${JSON.stringify(path)}: open ${path}: no such file or directory`);
    return;
  }
  let table: TomlTable;
  try {
    table = parseAliasesOnly(content) ?? parseToml(content);
  } catch (cause) {
    throw new RegistriesConfError(`loading registries configuration ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
  }
  const fail = (reason: string): never => {
    throw new RegistriesConfError(`loading registries configuration ${JSON.stringify(path)}: ${reason}`);
  };
  const first = version1(table, fail);
  for (const entry of first?.registries ?? tables(table['registry'])) {
    const registry = parseRegistry(entry, fail);
    result.registries.delete(registry.prefix);
    result.registries.set(registry.prefix, registry);
  }
  const search = first?.search ?? table['unqualified-search-registries'];
  if (Array.isArray(search)) {
    result.search = search.map((each) => parseSearch(String(each), fail));
    result.searchPath = path;
  }
  const mode = table['short-name-mode'];
  if (mode !== undefined && mode !== '') {
    if (mode !== 'enforcing' && mode !== 'permissive' && mode !== 'disabled') fail(`invalid short-name mode: ${JSON.stringify(mode)}`);
    else result.mode = mode;
  }
  const helpers = table['credential-helpers'];
  if (Array.isArray(helpers) && helpers.length > 0) result.helpers = helpers.map(String);
  for (const [name, value] of Object.entries((table['aliases'] as TomlTable | undefined) ?? {})) {
    if (value === '') result.aliases.delete(name);
    else result.aliases.set(name, { value: String(value), path });
  }
}

/** The distributions' file of aliases has nothing else and some hundred lines: no TOML library is loaded for it. */
function parseAliasesOnly(content: string): TomlTable | undefined {
  const lines = content.split('\n').map((line) => line.trim());
  const meant = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (meant.length === 0) return {};
  if (meant[0] !== '[aliases]') return undefined;
  const aliases: TomlTable = {};
  for (const line of meant.slice(1)) {
    const match = /^"?([\w./-]+)"?\s*=\s*(?:"([\w./:-]*)"|'([\w./:-]*)')\s*(?:#.*)?$/.exec(line);
    if (!match) return undefined;
    aliases[match[1]!] = match[2] ?? match[3]!;
  }
  return { aliases };
}

function tables(value: TomlValue | undefined): TomlTable[] {
  return Array.isArray(value) ? (value as TomlTable[]) : [];
}

function version1(table: TomlTable, fail: (reason: string) => never): { registries: TomlTable[]; search: string[] } | undefined {
  const registries = table['registries'] as TomlTable | undefined;
  if (registries === undefined) return undefined;
  const list = (name: string): string[] => ((registries[name] as TomlTable | undefined)?.['registries'] as string[] | undefined) ?? [];
  const search = list('search');
  const insecure = list('insecure');
  const block = list('block');
  if (
    search.length + insecure.length + block.length > 0 &&
    (table['registry'] !== undefined || table['unqualified-search-registries'] !== undefined)
  ) {
    fail('mixing sysregistry v1/v2 is not supported');
  }
  const all = [...new Set([...insecure, ...block])];
  return {
    search,
    registries: all.map((location) => ({ location, insecure: insecure.includes(location), blocked: block.includes(location) })),
  };
}

function parseRegistry(entry: TomlTable, fail: (reason: string) => never): RegistryEntry {
  const prefixText = String(entry['prefix'] ?? '');
  const locationText = String(entry['location'] ?? '');
  if (prefixText === '' && locationText === '') fail('invalid condition: both location and prefix are unset');
  const wildcard = prefixText.startsWith('*.');
  if (locationText === '' && !wildcard) fail('invalid condition: location is unset and prefix is not in the format: *.example.com');
  const location = locationText === '' ? '' : parseLocation(locationText, fail);
  const prefix = prefixText === '' ? location : parseLocation(prefixText, fail);
  const digestOnly = entry['mirror-by-digest-only'] === true;
  const mirrors = tables(entry['mirror']).map((mirror): RegistryMirror => {
    const pull = String(mirror['pull-from-mirror'] ?? '');
    if (pull !== '' && digestOnly) fail(`pull-from-mirror must not be set for a non-mirror registry ${JSON.stringify(prefix)}`);
    if (!['', 'all', 'digest-only', 'tag-only'].includes(pull))
      fail(`unsupported pull-from-mirror value ${JSON.stringify(pull)} for mirror ${JSON.stringify(String(mirror['location']))}`);
    const chosen = pull === '' ? (digestOnly ? 'digest-only' : 'all') : (pull as RegistryMirror['pullFromMirror']);
    return {
      location: parseLocation(String(mirror['location'] ?? ''), fail),
      insecure: mirror['insecure'] === true,
      pullFromMirror: chosen,
    };
  });
  return { prefix, location, insecure: entry['insecure'] === true, blocked: entry['blocked'] === true, mirrors };
}

function parseLocation(value: string, fail: (reason: string) => never): string {
  const trimmed = value.replace(/\/+$/, '');
  if (trimmed === '') fail('invalid location: cannot be empty');
  if (/^https?:\/\//.test(trimmed)) fail(`invalid location '${value}': URI schemes are not supported`);
  return trimmed;
}

/** A registry to look for short names at: a host, and no path below it. */
function parseSearch(value: string, fail: (reason: string) => never): string {
  const registry = parseLocation(value, fail);
  if (registry.includes('/')) fail(`Invalid unqualified-search-registries entry ${JSON.stringify(registry)}`);
  return registry;
}

/** The entry for `host[:port]/path[:tag][@digest]` whose prefix is the longest, or undefined. */
export function findRegistry(conf: RegistriesConf, reference: string): RegistryEntry | undefined {
  let best: RegistryEntry | undefined;
  let length = -1;
  for (const registry of conf.registries) {
    const matched = matchPrefix(reference, registry.prefix);
    if (matched > length || (matched >= 0 && matched === length)) {
      best = registry;
      length = matched;
    }
  }
  return length < 0 ? undefined : best;
}

/** Length of what a prefix covers of a reference, -1 where it does not match. */
function matchPrefix(reference: string, prefix: string): number {
  if (prefix.startsWith('*.')) {
    const host = /^[^/:@]*/.exec(reference)![0];
    return host.endsWith(prefix.slice(1)) && host.length > prefix.length - 1 ? host.length : -1;
  }
  if (!reference.startsWith(prefix)) return -1;
  const next = reference[prefix.length];
  return next === undefined || next === '/' || next === ':' || next === '@' ? prefix.length : -1;
}

/** Where a reference may be pulled from, in order: mirrors, then the registry itself. */
export interface PullSource {
  /** The reference with its prefix replaced. */
  readonly reference: string;
  readonly insecure: boolean;
  readonly mirror: boolean;
}

/** @throws RegistryBlocked */
export function pullSources(conf: RegistriesConf, reference: string): PullSource[] {
  const registry = findRegistry(conf, reference);
  if (!registry) return [{ reference, insecure: false, mirror: false }];
  if (registry.blocked) throw new RegistryBlocked(registry.prefix, conf.path);
  const byDigest = reference.includes('@');
  const mirrors = registry.mirrors
    .filter((mirror) => mirror.pullFromMirror === 'all' || (mirror.pullFromMirror === 'digest-only') === byDigest)
    .map((mirror) => ({ reference: rewrite(reference, registry.prefix, mirror.location), insecure: mirror.insecure, mirror: true }));
  return [...mirrors, { reference: rewrite(reference, registry.prefix, registry.location), insecure: registry.insecure, mirror: false }];
}

function rewrite(reference: string, prefix: string, location: string): string {
  if (location === '') return reference;
  return location + reference.slice(Math.max(matchPrefix(reference, prefix), 0));
}
