import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDir } from '../config/paths.ts';

interface Place {
  lookaside?: string;
  sigstore?: string;
}

/** Where registries.d keeps signatures of a scope: of the longest namespace that it names, else the default. */
export function lookasidePlace(scope: string, directory = usualDirectory()): string | undefined {
  const { fallback, places } = load(directory);
  for (let name = scope; name !== ''; name = parent(name)) {
    const place = places.get(name);
    if (place) return place.lookaside ?? place.sigstore;
  }
  return fallback && (fallback.lookaside ?? fallback.sigstore);
}

const parent = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('/'), 0));

function load(directory: string): { fallback?: Place; places: Map<string, Place> } {
  const places = new Map<string, Place>();
  let fallback: Place | undefined;
  let files: string[] = [];
  try {
    files = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  } catch {
    return { places };
  }
  const { parse } = require('yaml') as typeof import('yaml');
  for (const file of files) {
    const content = parse(readFileSync(join(directory, file), 'utf8')) as {
      'default-docker'?: Place;
      docker?: Record<string, Place>;
    } | null;
    fallback ??= content?.['default-docker'];
    for (const [name, place] of Object.entries(content?.docker ?? {})) places.set(name, place);
  }
  return { places, ...(fallback ? { fallback } : {}) };
}

function usualDirectory(): string {
  const own = join(homeDir(), '.config/containers/registries.d');
  try {
    readdirSync(own);
    return own;
  } catch {
    return '/etc/containers/registries.d';
  }
}
