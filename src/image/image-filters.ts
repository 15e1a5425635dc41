import { parsePointInTime } from '../config/point-in-time.ts';
import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { matchesPath } from './glob.ts';
import { instantOf } from './instant.ts';
import { hasLabel } from './label-filter.ts';
import type { LayerTree } from './layer-tree.ts';
import type { LocalImage } from './local-image.ts';
import { lookupImage } from './lookup.ts';
import { formatReference, parseCanonicalReference, type Reference, repositoryName } from './reference.ts';

/** Whether an image passes. `tree` is made only when a filter asks for it. */
export type Filter = (image: LocalImage, tree: () => LayerTree) => boolean;

/**
 * Compiles `key=value` and `key!=value` filters; all must pass, of several wanted references one.
 * @throws SelkieError with podman's words for what it does not know
 */
export function compileFilters(engine: EngineContext, filters: string[]): Filter[] {
  const compiled: Filter[] = [];
  const given = new Map<string, string>();
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const text of filters) {
    const { key, value, negated } = split(text);
    if (key === 'reference') (negated ? unwanted : wanted).push(value);
    else {
      const filter = filterFor(engine, key, value, given);
      compiled.push(negated ? (image, tree) => !filter(image, tree) : filter);
    }
  }
  if (wanted.length + unwanted.length > 0) compiled.push(referenceFilter(engine, wanted, unwanted));
  return compiled;
}

function split(text: string): { key: string; value: string; negated: boolean } {
  const at = text.indexOf('!=');
  if (at >= 0) return { key: text.slice(0, at), value: text.slice(at + 2), negated: true };
  const equals = text.indexOf('=');
  if (equals < 0) throw invalid(text);
  return { key: text.slice(0, equals), value: text.slice(equals + 1), negated: false };
}

const invalid = (text: string): SelkieError =>
  new SelkieError(`invalid image filter ${JSON.stringify(text)}: must be in the format "filter=value or filter!=value"`);

function filterFor(engine: EngineContext, key: string, value: string, given: Map<string, string>): Filter {
  switch (key) {
    case 'after':
    case 'since': {
      const since = createdOf(engine, key, value);
      return (image) => instantOf(image.record.created) > since;
    }
    case 'before': {
      const before = createdOf(engine, key, value);
      return (image) => instantOf(image.record.created) < before;
    }
    case 'until': {
      const until = parsePointInTime(value);
      return (image) => instantOf(image.record.created) < until;
    }
    case 'containers':
      return containersFilter(engine, value, given);
    case 'dangling': {
      const dangling = booleanOf(key, value, given);
      return (image, tree) => tree().isDangling(image) === dangling;
    }
    case 'intermediate': {
      const intermediate = booleanOf(key, value, given);
      return (image, tree) => (image.names.length === 0 && tree().isIntermediate(image)) === intermediate;
    }
    case 'id':
      return (image) => image.id.startsWith(value);
    case 'digest':
      if (!value.startsWith('sha256:')) throw new SelkieError(`invalid value "${value}" for digest filter`);
      return (image) => image.digests.some((digest) => digest.startsWith(value));
    case 'label':
      return (image) => hasLabel(image.labels() ?? {}, value);
    case 'readonly': {
      const readOnly = booleanOf(key, value, given);
      return (image) => image.readOnly === readOnly;
    }
    case 'manifest': {
      const isList = booleanOf(key, value, given);
      return (image) => image.isManifestList === isList;
    }
    default:
      throw invalid(key);
  }
}

function createdOf(engine: EngineContext, key: string, value: string): bigint {
  try {
    return instantOf(lookupImage(engine.store, value).image.record.created);
  } catch (cause) {
    throw new SelkieError(`could not find local image for filter "${key}"="${value}": ${(cause as Error).message}`, { cause });
  }
}

function once(key: string, value: string, given: Map<string, string>): void {
  if (given.has(key) && given.get(key) !== value)
    throw new SelkieError(`specifying "${key}" filter more than once with different values is not supported`);
  given.set(key, value);
}

function booleanOf(key: string, value: string, given: Map<string, string>): boolean {
  once(key, value, given);
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  const reason = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
  throw new SelkieError(`non-boolean value "${key}" for ${value} filter: ${reason}`);
}

function containersFilter(engine: EngineContext, value: string, given: Map<string, string>): Filter {
  once('containers', value, given);
  const external = engine.options.isExternalContainer ?? (() => true);
  if (value === 'true' || value === 'false') return (image) => image.containers().length > 0 === (value === 'true');
  if (value === 'external') return (image) => image.containers().every(external);
  throw new SelkieError(`unsupported value "${value}" for containers filter`);
}

function referenceFilter(engine: EngineContext, wanted: string[], unwanted: string[]): Filter {
  const looked = new Map([...wanted, ...unwanted].map((value) => [value, idOf(engine, value)]));
  const matches = (image: LocalImage, value: string) =>
    looked.get(value) === image.id || image.references().some((name) => matchesReference(value, name));
  return (image) => {
    if (unwanted.some((value) => matches(image, value))) return false;
    if (wanted.length === 0) return true;
    const matched = wanted.find((value) => matches(image, value));
    if (matched !== undefined && wanted.length === 1 && unwanted.length === 0) showMatchingNames(image, matched);
    return matched !== undefined;
  };
}

function idOf(engine: EngineContext, value: string): string | undefined {
  try {
    return lookupImage(engine.store, value).image.id;
  } catch {
    return undefined;
  }
}

/** With and without domain, path, and tag or digest. */
function matchesReference(pattern: string, reference: Reference): boolean {
  const full = formatReference(reference);
  const repository = repositoryName(reference);
  const suffix = full.slice(repository.length);
  const base = (text: string) => text.slice(text.lastIndexOf('/') + 1);
  const forms = [full, reference.path, base(full), repository, reference.path + suffix, base(repository)];
  return forms.some((form) => matchesPath(pattern, form) === true);
}

/** A single full name with tag or digest is a query for that name: the image's others are not shown. */
function showMatchingNames(image: LocalImage, query: string): void {
  let reference: Reference;
  try {
    reference = parseCanonicalReference(query);
  } catch {
    return;
  }
  if (reference.tag === undefined && reference.digest === undefined) return;
  const repository = repositoryName(reference);
  const names = image
    .references()
    .filter((name) => (reference.digest ? repositoryName(name) === repository : formatReference(name) === query));
  image.showOnly(names.map(formatReference));
}
