import { readdirSync } from 'node:fs';
import { basename, posix, resolve } from 'node:path';
import type { ArtifactVolumeMount, OverlayVolumeMount } from '../container.ts';
import { DuplicateDestination, InvalidOption } from '../create-errors.ts';
import type { ImageVolumeChoice, VolumeChoice } from '../create-options.ts';
import type { OciMount } from '../oci-spec.ts';
import { parseCsvLine } from './csv.ts';
import { cut } from './cut.ts';
import { badOption, mountDestination, needsArgument, parseMountOptions } from './mount-options.ts';
import { cleanPath, validateContainerPath, validateVolumeOptions } from './volume-options.ts';
import { parseVolumeFlags, sameMount } from './volumes.ts';

export interface MountRequests {
  mounts: OciMount[];
  volumes: VolumeChoice[];
  overlayVolumes: OverlayVolumeMount[];
  imageVolumes: ImageVolumeChoice[];
  artifactVolumes: ArtifactVolumeMount[];
}

interface MountTable {
  mounts: Map<string, OciMount>;
  volumes: Map<string, VolumeChoice>;
  images: Map<string, ImageVolumeChoice>;
  artifacts: Map<string, ArtifactVolumeMount>;
}

/** `--volume`, `--mount` and `--tmpfs` together, with containers.conf's `mounts` behind them. @throws DuplicateDestination */
export function parseMountFlags(flags: { volume: string[]; mount: string[]; tmpfs: string[] }, configured: string[]): MountRequests {
  const table: MountTable = { mounts: new Map(), volumes: new Map(), images: new Map(), artifacts: new Map() };
  for (const value of flags.mount) addMount(table, value, false);
  for (const value of configured) addMount(table, value, true);

  const { binds, volumes, overlays } = parseVolumeFlags(flags.volume);
  for (const [destination, bind] of binds) {
    const known = table.mounts.get(destination);
    if (known && !sameMount(known, bind)) throw new DuplicateDestination(destination);
    if (!known) table.mounts.set(destination, bind);
  }
  for (const [destination, volume] of volumes) {
    const known = table.volumes.get(destination);
    if (known && !(known.name === volume.name && sameMount({ options: known.options }, { options: volume.options })))
      throw new DuplicateDestination(destination);
    if (!known) table.volumes.set(destination, volume);
  }
  for (const [destination, tmpfs] of parseTmpfsFlags(flags.tmpfs)) {
    const known = table.mounts.get(destination);
    if (known && known.type !== 'tmpfs') throw new DuplicateDestination(destination);
    if (!known) table.mounts.set(destination, tmpfs);
  }
  const taken = new Set<string>();
  for (const kind of [table.mounts, table.volumes, overlays, table.images, table.artifacts]) {
    for (const destination of kind.keys()) {
      if (taken.has(destination)) throw new DuplicateDestination(destination);
      taken.add(destination);
    }
  }
  return {
    mounts: [...table.mounts.values()],
    volumes: [...table.volumes.values()],
    overlayVolumes: [...overlays.values()],
    imageVolumes: [...table.images.values()],
    artifactVolumes: [...table.artifacts.values()],
  };
}

/** The type of a `--mount` value and its other tokens; `volume` where none is given, as in Docker. */
export function splitMountType(value: string): { type: string; tokens: string[] } {
  if (value === '')
    throw new InvalidOption(
      'incorrect mount format: should be --mount type=<bind|glob|tmpfs|volume>,[src=<host-dir|volume-name>,]target=<ctr-dir>[,options]',
    );
  const tokens: string[] = [];
  let type: string | undefined;
  for (const token of parseCsvLine(value)) {
    const parts = token.split('=');
    if (type === undefined && parts.length === 2 && parts[0] === 'type') type = parts[1];
    else tokens.push(token);
  }
  return { type: type ?? 'volume', tokens };
}

function addMount(table: MountTable, value: string, yields: boolean): void {
  const { type, tokens } = splitMountType(value);
  switch (type) {
    case 'bind':
      put(table.mounts, bindMount(tokens), yields);
      break;
    case 'glob':
      for (const mount of globMounts(tokens)) put(table.mounts, mount, yields);
      break;
    case 'tmpfs':
    case 'ramfs': {
      const { destination, options } = parseMountOptions(type, tokens);
      put(table.mounts, { destination, type, source: type, options }, yields);
      break;
    }
    case 'devpts':
      put(table.mounts, devptsMount(tokens), yields);
      break;
    case 'image':
      put(table.images, imageVolume(tokens), yields);
      break;
    case 'artifact':
      put(table.artifacts, artifactVolume(tokens), yields);
      break;
    case 'volume': {
      const { destination, options, source, subPath } = parseMountOptions(type, tokens);
      put(table.volumes, { name: source, destination, options, ...(subPath ? { subPath } : {}) }, yields);
      break;
    }
    default:
      throw new InvalidOption(`invalid filesystem type ${JSON.stringify(type)}`);
  }
}

function put<T extends { destination: string }>(into: Map<string, T>, entry: T, yields: boolean): void {
  if (!into.has(entry.destination)) into.set(entry.destination, entry);
  else if (!yields) throw new DuplicateDestination(entry.destination);
}

function bindMount(tokens: string[]): OciMount {
  const { source, destination, options } = parseMountOptions('bind', tokens);
  return { destination, type: 'bind', source: source || destination, options: validateVolumeOptions(options) };
}

function globMounts(tokens: string[]): OciMount[] {
  const { source, destination, options } = parseMountOptions('glob', tokens);
  const matches = expandGlob(source);
  if (matches.length === 0) throw new InvalidOption(`no file paths matching glob ${JSON.stringify(source)}`);
  const checked = validateVolumeOptions(options);
  return matches.map((path) => ({
    destination: destination === '' ? path : posix.join(destination, basename(path)),
    type: 'bind',
    source: path,
    options: checked,
  }));
}

/** Go's `filepath.Glob`: `*`, `?` and `[…]` within a path component, results sorted. */
function expandGlob(pattern: string): string[] {
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((piece) => piece !== '')) {
    const next: string[] = [];
    const matcher = new RegExp(
      `^${part
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')}$`,
    );
    for (const directory of found) {
      let names: string[] = [];
      try {
        names = readdirSync(directory === '' ? '.' : directory);
      } catch {
        continue;
      }
      for (const name of names.sort()) if (matcher.test(name)) next.push(posix.join(directory, name));
    }
    found = next;
  }
  return found.map((path) => (path.startsWith('/') ? path : resolve(path)));
}

function devptsMount(tokens: string[]): OciMount {
  const mount: OciMount = { destination: '', type: 'devpts', source: 'devpts', options: [] };
  for (const token of tokens) {
    const [name, value] = cut(token, '=');
    switch (name) {
      case 'uid':
      case 'gid':
      case 'mode':
      case 'ptmxmode':
      case 'newinstance':
      case 'max':
        mount.options?.push(token);
        break;
      case 'target':
      case 'dst':
      case 'dest':
      case 'destination':
        mount.destination = mountDestination(name, value);
        break;
      default:
        throw badOption(name);
    }
  }
  if (mount.destination === '') throw new InvalidOption('must set volume destination');
  return mount;
}

function imageVolume(tokens: string[]): ImageVolumeChoice {
  const volume: ImageVolumeChoice = { source: '', destination: '', readWrite: false };
  for (const token of tokens) {
    const [name, value] = cut(token, '=');
    switch (name) {
      case 'src':
      case 'source':
        if (value === undefined) throw needsArgument(name);
        volume.source = value;
        break;
      case 'target':
      case 'dst':
      case 'dest':
      case 'destination':
        volume.destination = mountDestination(name, value);
        break;
      case 'rw':
      case 'readwrite':
        if (value !== 'true' && value !== 'false')
          throw new InvalidOption(`invalid rw value ${JSON.stringify(value ?? '')}: invalid mount option`);
        volume.readWrite = value === 'true';
        break;
      case 'subpath':
        if (value === undefined) throw needsArgument(name);
        if (!value.startsWith('/')) throw new InvalidOption(`volume subpath ${JSON.stringify(value)} must be an absolute path`);
        volume.subPath = value;
        break;
      case 'consistency':
        break;
      default:
        throw badOption(name);
    }
  }
  if (volume.source === '' || volume.destination === '') throw new InvalidOption('must set source and destination for image volume');
  return volume;
}

function artifactVolume(tokens: string[]): ArtifactVolumeMount {
  const volume: ArtifactVolumeMount = { source: '', destination: '' };
  for (const token of tokens) {
    const [name, value] = cut(token, '=');
    switch (name) {
      case 'target':
      case 'dst':
      case 'dest':
      case 'destination':
        volume.destination = mountDestination(name, value);
        break;
      case 'src':
      case 'source':
      case 'title':
      case 'digest':
      case 'name':
        if (value === undefined) throw needsArgument(name);
        volume[name === 'src' ? 'source' : name] = value;
        break;
      default:
        throw badOption(name);
    }
  }
  if (volume.source === '' || volume.destination === '') throw new InvalidOption('must set source and destination for artifact volume');
  return volume;
}

/** `--tmpfs DESTINATION[:options]`, by destination as written. */
export function parseTmpfsFlags(values: string[]): Map<string, OciMount> {
  const found = new Map<string, OciMount>();
  for (const value of values) {
    const [destination = '', given] = value.split(':');
    validateContainerPath(destination);
    const options = given === undefined ? [] : given.split(',');
    const known = found.get(destination);
    if (known && !sameMount({ options: known.options }, { options })) throw new DuplicateDestination(destination);
    if (!known) found.set(destination, { destination: cleanPath(destination), type: 'tmpfs', source: 'tmpfs', options });
  }
  return found;
}
