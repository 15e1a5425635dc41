import { createReadStream, statSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import type { Store } from '../storage/store.ts';
import type { CompressionFormat } from './copy.ts';
import type { Digest } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import { findList } from './list-edit.ts';
import { ListRecord } from './list-record.ts';
import { manifestDigest, parseManifest } from './manifest.ts';
import { ociManifest } from './media-types.ts';
import { parsePlace } from './place.ts';
import type { PushOptions } from './pull-options.ts';
import { parseDestination } from './push.ts';
import { copyWithRetries } from './store-copy.ts';
import type { BlobInfo, ImageReference, ImageSource, RawManifest, ReadableBlob, RewritingSource, TransportOptions } from './transport.ts';

export interface ListPushOptions extends PushOptions {
  /** The instances too; else the list alone. */
  all?: boolean;
  ensureCompressions?: CompressionFormat[];
}

/** Sends a list away. @returns the digest that it has there */
export async function pushList(engine: EngineContext, name: string, destination: string, options: ListPushOptions): Promise<string> {
  const image = findList(engine, name);
  const list = ListRecord.load(image);
  const source = new ListReference(list, image.id, engine.store);
  try {
    const result = await copyWithRetries(engine, source, parseDestination(engine.store, destination), options, {
      instances: options.all ? 'all' : 'index-only',
      ...(options.ensureCompressions?.length ? { ensureCompressions: options.ensureCompressions } : {}),
      ...(options.manifestType ? { manifestType: options.manifestType } : {}),
      ...(options.compressionFormat ? { compressionFormat: options.compressionFormat } : {}),
      ...(options.compressionLevel === undefined ? {} : { compressionLevel: options.compressionLevel }),
      ...(options.forceCompression ? { forceCompression: true } : {}),
    });
    return manifestDigest(result.manifest);
  } finally {
    engine.emit('push', image.id, destination);
  }
}

/** A list of the store whose instances are read from wherever each was added from. */
class ListReference implements ImageReference {
  readonly transport = 'containers-storage';
  readonly policyScopes = [];

  constructor(
    readonly list: ListRecord,
    readonly name: string,
    readonly store: Store,
  ) {}

  async openSource(options: TransportOptions): Promise<ImageSource> {
    return new ListSource(this, options);
  }

  openDestination(): Promise<never> {
    throw new SelkieError('a manifest list is only read here');
  }

  delete(): Promise<never> {
    throw new SelkieError('a manifest list is only read here');
  }
}

class ListSource implements ImageSource, RewritingSource {
  readonly parallel = true;
  readonly #opened = new Map<string, Promise<ImageSource>>();
  readonly #places = new Map<string, ImageSource>();

  constructor(
    readonly reference: ListReference,
    readonly options: TransportOptions,
  ) {}

  async manifest(instance?: Digest): Promise<RawManifest> {
    const { list } = this.reference;
    if (instance === undefined) return { bytes: list.serialize(), mediaType: list.mediaType };
    const artifact = list.artifacts.manifests?.[instance];
    if (artifact !== undefined) return { bytes: Buffer.from(artifact), mediaType: ociManifest };
    const source = await this.#sourceOf(instance);
    const raw = await this.#manifestOf(source, instance);
    const parsed = parseManifest(raw);
    if (parsed.kind === 'image')
      for (const { digest } of [...(parsed.config ? [parsed.config] : []), ...parsed.layers]) this.#places.set(digest, source);
    return raw;
  }

  /** The place may be the instance itself or a list that holds it. */
  async #manifestOf(source: ImageSource, instance: Digest): Promise<RawManifest> {
    const raw = await source.manifest();
    return manifestDigest(raw.bytes) === instance ? raw : source.manifest(instance);
  }

  async #sourceOf(instance: Digest): Promise<ImageSource> {
    const name = this.reference.list.sources[instance];
    if (name === undefined) throw new SelkieError(`no image is recorded for instance ${instance} of the manifest list`);
    let opened = this.#opened.get(name);
    if (!opened) {
      opened = parsePlace(this.reference.store, name).openSource(this.options);
      this.#opened.set(name, opened);
    }
    return opened;
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    const { blobs, detached } = this.reference.list.artifacts;
    const path = detached?.[info.digest];
    if (path !== undefined) return fileBlob(path);
    const kept = blobs?.[info.digest];
    if (kept !== undefined) return textBlob(Buffer.from(kept, 'base64'));
    const source = this.#places.get(info.digest);
    if (!source) throw new SelkieError(`blob ${info.digest} is in no instance of the manifest list`);
    return source.blob(info);
  }

  #isArtifact(instance: Digest): boolean {
    return this.reference.list.artifacts.manifests?.[instance] !== undefined;
  }

  async layersForCopy(instance?: Digest): Promise<BlobInfo[] | undefined> {
    if (instance === undefined || this.#isArtifact(instance)) return undefined;
    const source = await this.#sourceOf(instance);
    if (!('layersForCopy' in source)) return undefined;
    const rewriting = source as ImageSource & RewritingSource;
    const single = manifestDigest((await source.manifest()).bytes) === instance;
    const layers = await rewriting.layersForCopy(single ? undefined : instance);
    for (const { digest } of layers ?? []) this.#places.set(digest, source);
    return layers;
  }

  async signatures(instance?: Digest): Promise<Uint8Array[]> {
    if (instance === undefined || this.#isArtifact(instance)) return [];
    const source = await this.#sourceOf(instance);
    const single = manifestDigest((await source.manifest()).bytes) === instance;
    return source.signatures(single ? undefined : instance);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const source of this.#opened.values()) await (await source)[Symbol.asyncDispose]();
  }
}

function fileBlob(path: string): ReadableBlob {
  const { size } = statSync(path);
  return { size, file: { path, offset: 0, length: size }, stream: () => createReadStream(path) };
}

function textBlob(bytes: Uint8Array): ReadableBlob {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  return { size: bytes.length, stream };
}
