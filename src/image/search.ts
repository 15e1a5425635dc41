import { loadRegistriesConf } from '../config/registries-conf.ts';
import { SelkieError } from '../errors.ts';
import { matchesPath } from './glob.ts';
import { parseReference, repositoryName } from './reference.ts';
import type { TransportOptions } from './transport.ts';

export interface SearchResult {
  readonly Index: string;
  readonly Name: string;
  readonly Description: string;
  readonly Stars: number;
  readonly Official: string;
  readonly Automated: string;
  readonly Tag: string;
}

export interface SearchOptions {
  readonly transport: TransportOptions;
  /** Results of one registry; default 25. */
  readonly limit?: number;
  /** The tags of a repository instead of repositories. */
  readonly listTags?: boolean;
  /** `stars=N`, `is-official[=false]`, `is-automated[=false]` */
  readonly filters?: readonly string[];
}

interface Found {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
}

type Filter = (found: Found) => boolean;

const usualLimit = 25;

/** Searches the registry that the term names, else all that unqualified names are looked for in, at once. @throws SelkieError */
export async function searchImages(term: string, options: SearchOptions): Promise<SearchResult[]> {
  const filter = compile(options.filters ?? []);
  const slash = term.indexOf('/');
  const conf = loadRegistriesConf(options.transport.registriesConf ? { path: options.transport.registriesConf } : {});
  const registries = slash >= 0 ? [term.slice(0, slash)] : conf.unqualifiedSearchRegistries;
  const wanted = slash >= 0 ? term.slice(slash + 1) : term;
  const answers = await Promise.allSettled(
    registries.map((registry) => (options.listTags ? searchTags(registry, wanted, options) : searchOne(registry, wanted, filter, options))),
  );
  const results = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failures = answers.filter((answer) => answer.status === 'rejected').map((answer) => (answer.reason as Error).message);
  if (results.length === 0 && failures.length > 0) {
    const counted = failures.length === 1 ? '1 error' : `${failures.length} errors`;
    throw new SelkieError(`${counted} occurred:\n${failures.map((failure) => `\t* ${failure}\n`).join('')}\n`);
  }
  return results;
}

async function searchTags(registry: string, term: string, options: SearchOptions): Promise<SearchResult[]> {
  const { listRepositoryTags } = await import('./transports/docker.ts');
  let reference: ReturnType<typeof parseReference>;
  try {
    reference = parseReference(`${registry}/${term}`);
  } catch {
    throw new SelkieError(`reference ${JSON.stringify(term)} must be a docker reference`);
  }
  let tags: string[];
  try {
    tags = await listRepositoryTags(reference, options.transport);
  } catch (cause) {
    throw new SelkieError(`getting repository tags: ${(cause as Error).message}`, { cause });
  }
  const none = { Description: '', Stars: 0, Official: '', Automated: '' };
  return tags.slice(0, options.limit || usualLimit).map((Tag) => ({ Index: registry, Name: repositoryName(reference), ...none, Tag }));
}

async function searchOne(registry: string, term: string, filter: Filter, options: SearchOptions): Promise<SearchResult[]> {
  const limit = options.limit || usualLimit;
  let found: Found[];
  try {
    found = registry === 'docker.io' ? await searchHub(term, limit) : await searchCatalog(registry, term, limit, options);
  } catch (cause) {
    throw new SelkieError(`couldn't search registry ${JSON.stringify(registry)}: ${(cause as Error).message}`, { cause });
  }
  return found
    .slice(0, limit)
    .filter(filter)
    .map((each) => ({
      Index: registry,
      Name: registry === 'docker.io' && !each.name.includes('/') ? `docker.io/library/${each.name}` : `${registry}/${each.name}`,
      Description: each.description.replaceAll('\n', ' '),
      Stars: each.star_count,
      Official: each.is_official ? '[OK]' : '',
      Automated: each.is_automated ? '[OK]' : '',
      Tag: '',
    }));
}

async function searchHub(term: string, limit: number): Promise<Found[]> {
  const query = new URLSearchParams({ n: String(limit), q: term.replace(/^library\//, '') });
  const url = `https://index.docker.io/v1/search?${query}`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new SelkieError(`Get ${JSON.stringify(url)}: ${(cause as Error).message}`, { cause });
  }
  if (!response.ok) throw new SelkieError(`StatusCode: ${response.status}`);
  const { results } = (await response.json()) as { results?: Partial<Found>[] };
  return (results ?? []).map(complete);
}

async function searchCatalog(registry: string, term: string, limit: number, options: SearchOptions): Promise<Found[]> {
  const { registryCatalog } = await import('./transports/docker.ts');
  const pattern = /[*?[]/.test(term) ? term : undefined;
  const names = await registryCatalog(registry, limit, options.transport);
  return names
    .filter((name) => (pattern === undefined ? name.includes(term) : matchesPath(pattern, name) === true))
    .map((name) => complete({ name }));
}

const complete = (found: Partial<Found>): Found => ({
  name: found.name ?? '',
  description: found.description ?? '',
  star_count: found.star_count ?? 0,
  is_official: found.is_official ?? false,
  is_automated: found.is_automated ?? false,
});

function compile(filters: readonly string[]): Filter {
  const compiled = filters.map(compileOne);
  return (found) => compiled.every((filter) => filter(found));
}

function compileOne(filter: string): Filter {
  const [key, value] = filter.split(/=(.*)/s);
  switch (key) {
    case 'stars': {
      if (value === undefined) throw new SelkieError(`invalid filter [${JSON.stringify(filter)}], should be stars=<value>`);
      if (!/^[+-]?\d+$/.test(value))
        throw new SelkieError(`incorrect value type for stars filter: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
      return (found) => found.star_count >= Number(value);
    }
    case 'is-automated':
      return (found) => found.is_automated === (value !== 'false');
    case 'is-official':
      return (found) => found.is_official === (value !== 'false');
    default:
      throw new SelkieError(`invalid filter type ${JSON.stringify(filter)}`);
  }
}
