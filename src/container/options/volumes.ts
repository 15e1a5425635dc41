import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OverlayVolumeMount } from '../container.ts';
import { DuplicateDestination, InvalidOption } from '../create-errors.ts';
import type { VolumeChoice } from '../create-options.ts';
import type { OciMount } from '../oci-spec.ts';
import { validateVolumeOptions } from './volume-options.ts';

export interface VolumeFlags {
  binds: Map<string, OciMount>;
  volumes: Map<string, VolumeChoice>;
  overlays: Map<string, OverlayVolumeMount>;
}

/** `-v [source:]destination[:options]`: binds, named and anonymous volumes, overlays (`:O`), by destination. */
export function parseVolumeFlags(values: string[]): VolumeFlags {
  const found: VolumeFlags = { binds: new Map(), volumes: new Map(), overlays: new Map() };
  for (const value of values) addVolume(found, value);
  return found;
}

function addVolume(found: VolumeFlags, value: string): void {
  const parts = value.split(':');
  if (parts.length > 3) throw new InvalidOption(`${value}: incorrect volume format, should be [host-dir:]ctr-dir[:option]`);
  let source = parts.length > 1 ? (parts[0] ?? '') : '';
  if ((parts[0] ?? '').startsWith('./')) source = relativeSource(parts[0] ?? '');
  const destination = (parts.length > 1 ? parts[1] : source.startsWith('/') ? source : parts[0]) ?? '';
  if (parts.length === 1) source = '';
  const options = parts[2] === undefined ? [] : validateVolumeOptions(parts[2].split(','));
  if (parts.length > 1 && source === '') throw new InvalidOption('host directory cannot be empty');

  if (!source.startsWith('/') && !source.startsWith('.')) {
    const known = found.volumes.get(destination);
    if (known && known.name !== source) throw new DuplicateDestination(destination);
    if (!known) found.volumes.set(destination, { name: source, destination, options });
  } else if (options.includes('O')) {
    checkOverlayOptions(options);
    const overlay = { destination, source: resolve(source), options };
    putOnce(found.overlays, overlay);
  } else {
    putOnce(found.binds, { destination, type: 'bind', source, options });
  }
}

function relativeSource(source: string): string {
  try {
    return resolve(realpathSync(source));
  } catch (error) {
    throw new InvalidOption(`lstat ${source.replace(/^\.\//, '')}: no such file or directory`, { cause: error });
  }
}

function checkOverlayOptions(options: string[]): void {
  const joined = options.join('');
  const upper = joined.includes('upperdir');
  const work = joined.includes('workdir');
  if (upper !== work) throw new InvalidOption('must set both `upperdir` and `workdir`');
  const tooMany = options.length > 2 && (options.length !== 3 || !upper || !work);
  if (tooMany || (options.length === 2 && !joined.includes('U'))) throw new InvalidOption("can't use 'O' with other options");
}

/** Says the same thing twice: fine. Says two things about one place: an error. */
function putOnce<T extends { destination: string; source?: string; options?: string[] }>(into: Map<string, T>, entry: T): void {
  const known = into.get(entry.destination);
  if (!known) into.set(entry.destination, entry);
  else if (!sameMount(known, entry)) throw new DuplicateDestination(entry.destination);
}

/** Whether two entries for one destination say the same. */
export function sameMount(a: { source?: string; options?: string[] }, b: { source?: string; options?: string[] }): boolean {
  return a.source === b.source && (a.options ?? []).join('\0') === (b.options ?? []).join('\0');
}
