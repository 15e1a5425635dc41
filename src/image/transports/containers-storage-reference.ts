import { isAbsolute } from 'node:path';
import type { ImageRecord, Store } from '../../storage/store.ts';
import { isDigest } from '../digest.ts';
import { InvalidImageName } from '../errors.ts';
import { formatReference, normalizeReference, type Reference, repositoryName } from '../reference.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';

const shortestId = 3;

/** An image of a store, by name, by id, or both. */
export class StorageReference implements ImageReference {
  readonly transport = 'containers-storage';
  readonly dockerReference?: Reference;
  readonly id?: string;
  readonly #open: () => Store;

  constructor(open: () => Store, at: { readonly reference?: Reference; readonly id?: string }) {
    this.#open = open;
    if (at.reference) this.dockerReference = at.reference;
    if (at.id !== undefined) this.id = at.id;
  }

  get store(): Store {
    return this.#open();
  }

  get name(): string {
    const { driver, graphRoot, runRoot, driverOptions } = this.store.options;
    const options = Object.entries(driverOptions).map(([key, value]) => `${driver}.${key}=${value}`);
    return `[${driver}@${graphRoot}+${runRoot}${options.length > 0 ? `:${options.join(',')}` : ''}]${this.localName}`;
  }

  /** The name within the store. */
  get localName(): string {
    const name = this.dockerReference ? formatReference(this.dockerReference) : '';
    return this.id === undefined ? name : `${name}@${this.id}`;
  }

  get policyScopes(): string[] {
    const { driver, graphRoot } = this.store.options;
    const place = `[${driver}@${graphRoot}]`;
    const reference = this.dockerReference;
    const scopes: string[] = [place + this.localName];
    if (reference) {
      if (this.id !== undefined) scopes.push(place + formatReference(reference));
      const parts = repositoryName(reference).split('/');
      scopes.push(...parts.map((_, index) => place + parts.slice(0, parts.length - index).join('/')));
    }
    return [...scopes, place, `[${graphRoot}]`];
  }

  /** The record that the reference leads to now. */
  find(): ImageRecord | undefined {
    const { images } = this.store;
    const reference = this.dockerReference;
    if (this.id !== undefined) {
      const found = images.find(this.id);
      return found?.id === this.id ? found : undefined;
    }
    if (!reference) return undefined;
    const exact = images.find(formatReference(reference));
    if (exact?.names.includes(formatReference(reference))) return exact;
    if (!reference.digest) return undefined;
    const prefix = `${repositoryName(reference)}`;
    return images
      .byDigest(reference.digest)
      .find((image) => image.names.some((name) => name.startsWith(prefix) && /[:@]/.test(name[prefix.length] ?? '')));
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openStorageSource } = await import('./containers-storage.ts');
    return openStorageSource(this, options);
  }

  async openDestination(_options: TransportOptions): Promise<ImageDestination> {
    const { StorageDestination } = await import('./containers-storage-destination.ts');
    return new StorageDestination(this);
  }

  async delete(): Promise<void> {
    const { deleteStoredImage } = await import('./containers-storage.ts');
    deleteStoredImage(this);
  }
}

/** A place in an open store. */
export function storageReference(store: Store, at: { readonly reference?: Reference; readonly id?: string }): StorageReference {
  return new StorageReference(() => store, at);
}

const stores = new Map<string, Store>();

function openShared(overrides: { root?: string; runroot?: string; storageDriver?: string; storageOpts?: string[] }): Store {
  const key = JSON.stringify(overrides);
  let store = stores.get(key);
  if (!store) {
    const { resolveStoreOptions } = require('../../config/storage-conf.ts') as typeof import('../../config/storage-conf.ts');
    const { Store: OpenStore } = require('../../storage/store.ts') as typeof import('../../storage/store.ts');
    store = OpenStore.open(resolveStoreOptions(overrides));
    stores.set(key, store);
  }
  return store;
}

/**
 * `[DRIVER@GRAPHROOT+RUNROOT:OPTIONS]NAME[@ID]`. The store is opened only where the text may be the beginning of an id.
 * @throws InvalidImageName
 */
export function parseStorageName(text: string, whole: string): StorageReference {
  const refuse = (reason: string): InvalidImageName => new InvalidImageName(whole, reason);
  let rest = text;
  let overrides: Parameters<typeof openShared>[0] = {};
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) throw refuse(`${JSON.stringify(text)}: invalid storage reference, the closing bracket is missing`);
    overrides = parsePlace(text.slice(1, end), refuse);
    rest = text.slice(end + 1);
  }
  const open = (): Store => openShared(overrides);
  if (rest === '') throw refuse(`${JSON.stringify(text)} is an invalid storage reference`);
  const at = rest.lastIndexOf('@');
  const tail = at < 0 ? undefined : rest.slice(at + 1);
  if (tail === '') throw refuse(`empty trailing digest or image ID in ${JSON.stringify(rest)}`);
  if (tail !== undefined && !isDigest(tail)) {
    const id = resolveId(open, tail);
    if (id === undefined) throw refuse(`${JSON.stringify(tail)} is neither a digest nor an image ID`);
    const name = rest.slice(0, at);
    return new StorageReference(open, { id, ...(name === '' ? {} : { reference: normalizeReference(name) }) });
  }
  const bare = tail === undefined ? resolveId(open, rest) : undefined;
  return bare === undefined
    ? new StorageReference(open, { reference: normalizeReference(rest) })
    : new StorageReference(open, { id: bare });
}

/** The full id for an id or the beginning of one. */
function resolveId(open: () => Store, text: string): string | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  if (!/^[0-9a-f]+$/.test(text) || text.length < shortestId) return undefined;
  const found = open().images.find(text);
  return found?.id.startsWith(text) ? found.id : undefined;
}

function parsePlace(
  place: string,
  refuse: (reason: string) => InvalidImageName,
): { root?: string; runroot?: string; storageDriver?: string; storageOpts?: string[] } {
  const at = place.indexOf('@');
  const driver = at < 0 ? undefined : place.slice(0, at);
  if (driver === '') throw refuse(`invalid storage reference: the name of the driver is missing in ${JSON.stringify(place)}`);
  const colon = place.indexOf(':', at + 1);
  const paths = colon < 0 ? place.slice(at + 1) : place.slice(at + 1, colon);
  const options = colon < 0 ? undefined : place.slice(colon + 1).split(',');
  const plus = paths.indexOf('+');
  const root = plus < 0 ? paths : paths.slice(0, plus);
  const runroot = plus < 0 ? undefined : paths.slice(plus + 1);
  if (!isAbsolute(root) || (runroot !== undefined && runroot !== '' && !isAbsolute(runroot)))
    throw refuse(`path ${JSON.stringify(root)} is not absolute`);
  return {
    root,
    ...(driver ? { storageDriver: driver } : {}),
    ...(runroot ? { runroot } : {}),
    ...(options ? { storageOpts: options } : {}),
  };
}
