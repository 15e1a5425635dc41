import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { homeDir, isRootless } from './paths.ts';

interface Namespace {
  lookaside?: string;
  sigstore?: string;
  'lookaside-staging'?: string;
  'sigstore-staging'?: string;
  'use-sigstore-attachments'?: boolean;
}

interface RegistriesD {
  defaultDocker?: Namespace;
  readonly docker: Map<string, Namespace>;
}

export class RegistriesDError extends SelkieError {}

const cache = new Map<string, RegistriesD>();

/**
 * Where signatures of a docker image lie, or may be put. For writing there is always a place: the user's own directory.
 * @param scopes of the image, as policy.json has them, from the most specific on
 */
export function lookasideLocation(scopes: readonly string[], purpose: 'read' | 'write', directory?: string): URL | undefined {
  const url = mostSpecific(scopes, directory, (namespace) => chosen(namespace, purpose));
  if (url !== undefined) {
    if (!URL.canParse(url)) throw new RegistriesDError(`Invalid signature storage URL ${url}`);
    return new URL(url);
  }
  const own = isRootless() ? join(homeDir(), '.local/share/containers/sigstore') : '/var/lib/containers/sigstore';
  return purpose === 'write' || existsSync(own) ? new URL(`file://${own}`) : undefined;
}

/** Whether sigstore signatures of a docker image are kept in its own repository. @param scopes from the most specific on */
export function usesSigstoreAttachments(scopes: readonly string[], directory?: string): boolean {
  return mostSpecific(scopes, directory, (namespace) => namespace['use-sigstore-attachments']) ?? false;
}

function mostSpecific<T>(
  scopes: readonly string[],
  directory: string | undefined,
  look: (namespace: Namespace) => T | undefined,
): T | undefined {
  const { docker, defaultDocker } = load(directory ?? defaultDirectory());
  for (const scope of scopes) {
    const namespace = docker.get(scope);
    const found = namespace && look(namespace);
    if (found !== undefined) return found;
  }
  return defaultDocker && look(defaultDocker);
}

/** Where signatures of a registry, namespace or repository are read from, as configured: the longest namespace counts, else the default. */
export function lookasideOfScope(scope: string, directory = defaultDirectory()): string | undefined {
  const { docker, defaultDocker } = load(directory);
  for (let name = scope; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('/'), 0))) {
    const namespace = docker.get(name);
    if (namespace) return chosen(namespace, 'read');
  }
  return defaultDocker && chosen(defaultDocker, 'read');
}

function chosen(namespace: Namespace, purpose: 'read' | 'write'): string | undefined {
  const read = namespace.lookaside || namespace.sigstore;
  if (purpose === 'read') return read || undefined;
  return namespace['lookaside-staging'] || namespace['sigstore-staging'] || read || undefined;
}

function defaultDirectory(): string {
  const own = join(homeDir(), '.config/containers/registries.d');
  return existsSync(own) ? own : '/etc/containers/registries.d';
}

function load(directory: string): RegistriesD {
  let result = cache.get(directory);
  if (!result) {
    result = read(directory);
    cache.set(directory, result);
  }
  return result;
}

function read(directory: string): RegistriesD {
  const result: RegistriesD = { docker: new Map() };
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  } catch {
    return result;
  }
  for (const name of names.sort()) {
    const path = join(directory, name);
    const text = readFileSync(path, 'utf8');
    if (text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))) continue;
    const { parse } = require('yaml') as typeof import('yaml');
    let document: { 'default-docker'?: Namespace; docker?: Record<string, Namespace> } | null;
    try {
      document = parse(text) as typeof document;
    } catch (cause) {
      throw new RegistriesDError(`parsing ${path}: ${(cause as Error).message}`, { cause });
    }
    if (document?.['default-docker']) {
      if (result.defaultDocker)
        throw new RegistriesDError(
          `error parsing signature storage configuration: "default-docker" defined both in another file and in ${JSON.stringify(path)}`,
        );
      result.defaultDocker = document['default-docker'];
    }
    for (const [scope, namespace] of Object.entries(document?.docker ?? {})) {
      if (result.docker.has(scope))
        throw new RegistriesDError(
          `error parsing signature storage configuration: "docker" namespace ${JSON.stringify(scope)} defined both in another file and in ${JSON.stringify(path)}`,
        );
      result.docker.set(scope, namespace ?? {});
    }
  }
  return result;
}
