import { findRegistry, loadRegistriesConf, pullSources, type RegistriesConf } from '../../config/registries-conf.ts';
import { debug } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import { RegistryClient } from '../../registry/client.ts';
import type { ConnectionOptions } from '../../registry/connection.ts';
import { RegistryError } from '../../registry/errors.ts';
import { type Digest, Digester, digestAlgorithm, isDigest } from '../digest.ts';
import { DigestMismatch, ImageMissing, InvalidManifest, ManifestNotFound, ManifestTypeRejected } from '../errors.ts';
import { manifestDigest } from '../manifest.ts';
import { acceptedManifests, normalizeManifestType } from '../media-types.ts';
import { formatReference, parseReference, type Reference, repositoryName, sameRepository } from '../reference.ts';
import type {
  BlobInfo,
  ImageDestination,
  ImageSource,
  PutBlobInfo,
  PutBlobOptions,
  RawManifest,
  ReadableBlob,
  ReuseOptions,
  StoredBlob,
  TransportOptions,
} from '../transport.ts';
import { registryBlob } from './docker-blob.ts';
import type { DockerReference } from './docker-reference.ts';

const clients = new Map<string, RegistryClient>();

/** One client for the same registry and the same options, so that source and destination share what was found out. */
function clientFor(domain: string, insecure: boolean, conf: RegistriesConf, options: TransportOptions): RegistryClient {
  const { userAgent, certDir, authFile, credentials, registryToken, anonymous } = options;
  const connection: ConnectionOptions = {
    userAgent,
    insecure,
    certDir,
    authFile,
    credentials,
    registryToken,
    anonymous,
    credentialHelpers: conf.credentialHelpers,
  };
  const key = JSON.stringify([domain, connection]);
  let client = clients.get(key);
  if (!client) {
    client = new RegistryClient(domain, { ...connection, signal: options.signal });
    clients.set(key, client);
  }
  return client;
}

function registriesConf(options: TransportOptions): RegistriesConf {
  return loadRegistriesConf({
    ...(options.registriesConf ? { path: options.registriesConf } : {}),
    ...(options.registriesConfDir ? { directory: options.registriesConfDir } : {}),
  });
}

/** The client for the registry itself, mirrors left aside: for listing and asking. */
function primaryClient(reference: Reference, options: TransportOptions): { client: RegistryClient; physical: Reference } {
  const conf = registriesConf(options);
  const text = formatReference(reference);
  const primary = pullSources(conf, text).at(-1)!;
  const physical = parseReference(primary.reference);
  return { client: clientFor(physical.domain, isInsecure(primary.insecure, options), conf, options), physical };
}

/** The client for the registry that a name tells, whatever it is pulled from: what is sent or deleted is what was named. */
function namedClient(reference: Reference, options: TransportOptions): RegistryClient {
  const conf = registriesConf(options);
  const { insecure } = pullSources(conf, formatReference(reference)).at(-1)!;
  return clientFor(reference.domain, isInsecure(insecure, options), conf, options);
}

function isInsecure(configured: boolean, options: TransportOptions): boolean {
  return options.tlsVerify === undefined ? configured : !options.tlsVerify;
}

function tagOrDigest(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

/** Opens an image where it can be had: at a mirror, else at the registry. Its manifest is fetched, which is the test of the place. */
export async function openDockerSource(reference: DockerReference, options: TransportOptions): Promise<DockerSource> {
  const conf = registriesConf(options);
  const failures: { reference: string; error: Error }[] = [];
  for (const place of pullSources(conf, formatReference(reference.dockerReference))) {
    const physical = parseReference(place.reference);
    const client = clientFor(physical.domain, isInsecure(place.insecure, options), conf, options);
    const source = new DockerSource(reference, physical, client, options.registriesDir);
    try {
      await source.manifest();
      return source;
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      debug(`Accessing ${JSON.stringify(place.reference)} failed: ${error.message}`);
      failures.push({ reference: place.reference, error });
    }
  }
  const primary = failures.pop()!;
  if (failures.length === 0) throw primary.error;
  const mirrors = failures.map((each) => `[${each.reference}: ${each.error.message}]`).join('\n');
  throw new SelkieError(`(Mirrors also failed: ${mirrors}): ${primary.reference}: ${primary.error.message}`, { cause: primary.error });
}

export class DockerSource implements ImageSource {
  readonly parallel = true;
  #manifest?: RawManifest;
  /** Asked for by the policy and by the copy. */
  readonly #signatures = new Map<Digest, Promise<Uint8Array[]>>();

  constructor(
    readonly reference: DockerReference,
    /** Where it really is, after registries.conf. */
    readonly physical: Reference,
    readonly client: RegistryClient,
    readonly registriesDir?: string,
  ) {}

  async manifest(instance?: Digest): Promise<RawManifest> {
    if (instance === undefined && this.#manifest) return this.#manifest;
    const wanted = instance ?? tagOrDigest(this.physical);
    const manifest = await fetchManifest(this.client, this.physical, wanted);
    if (instance === undefined) this.#manifest = manifest;
    return manifest;
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    if (info.urls?.length) {
      for (const url of info.urls.filter((each) => /^https?:/.test(each))) {
        const opened = await this.client.foreignBlob(url);
        return { size: opened.size, stream: opened.stream };
      }
    }
    // Opened when it is read: then only is it known from which byte on.
    const { path } = this.physical;
    return registryBlob(info.size, {
      open: (from, etag) => this.client.blob(path, info.digest, from, etag),
      openPart: (offset, length) => this.client.blobPart(path, info.digest, offset, length),
      openParts: (ranges) => this.client.blobParts(path, info.digest, ranges),
    });
  }

  async signatures(instance?: Digest): Promise<Uint8Array[]> {
    const digest = instance ?? manifestDigest((await this.manifest()).bytes);
    let signatures = this.#signatures.get(digest);
    if (!signatures) {
      const { registrySignatures } = await import('../registry-signatures.ts');
      const { client, physical: reference, registriesDir } = this;
      signatures = registrySignatures({ client, reference, digest, ...(registriesDir ? { registriesDir } : {}) });
      this.#signatures.set(digest, signatures);
    }
    return signatures;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function fetchManifest(client: RegistryClient, reference: Reference, wanted: string, deletion = false): Promise<RawManifest> {
  let fetched: Awaited<ReturnType<RegistryClient['manifest']>>;
  try {
    fetched = await (deletion
      ? client.manifestForDeletion(reference.path, wanted, acceptedManifests)
      : client.manifest(reference.path, wanted, acceptedManifests));
  } catch (cause) {
    if (!(cause instanceof RegistryError) || cause.message.startsWith('pinging ')) throw cause;
    const text = `reading manifest ${wanted} in ${repositoryName(reference)}: ${cause.message}`;
    if (cause.status === 404) throw new ImageMissing(text, { cause });
    throw new RegistryError(text, cause.status, cause.code, cause.url, { cause });
  }
  const { bytes, contentType, announcedDigest } = fetched;
  if (isDigest(wanted)) {
    const actual = manifestDigest(bytes);
    if (actual !== wanted) throw new DigestMismatch(wanted, actual, `manifest ${wanted} in ${repositoryName(reference)}`);
  } else if (announcedDigest !== undefined && !isDigest(announcedDigest)) {
    throw new InvalidManifest(
      `${repositoryName(reference)}:${wanted}: the registry announces an invalid digest ${JSON.stringify(announcedDigest.slice(0, 200))}`,
    );
  }
  return { bytes, mediaType: normalizeManifestType(contentType) };
}

/** What is sent lies outside of the heap, where the garbage collector does not see it grow. */
const sentBetweenCollections = 16 << 20;

export class DockerDestination implements ImageDestination {
  readonly parallel = true;
  readonly acceptsForeignLayers = true;
  readonly layerCompression: 'compress' | 'preserve';
  readonly signaturesUnsupported = undefined;
  readonly #client: RegistryClient;
  readonly #physical: Reference;
  readonly #registriesDir: string | undefined;
  #manifestDigest?: Digest;
  /** Digests that the repository is known to have. */
  readonly #present = new Map<string, number>();

  constructor(
    readonly reference: DockerReference,
    options: TransportOptions,
  ) {
    const client = namedClient(reference.dockerReference, options);
    this.#client = client;
    this.#registriesDir = options.registriesDir;
    this.#physical = reference.dockerReference;
    this.layerCompression = options.acceptUncompressedLayers ? 'preserve' : 'compress';
  }

  get fixedDigest(): Digest | undefined {
    return this.reference.dockerReference.digest;
  }

  async #size(digest: Digest): Promise<number | undefined> {
    try {
      return await this.#client.blobSize(this.#physical.path, digest, 'pull,push');
    } catch (cause) {
      if (!(cause instanceof RegistryError) || cause.message.startsWith('pinging ')) throw cause;
      const message = `checking whether a blob ${digest} exists in ${repositoryName(this.#physical)}: ${cause.message}`;
      throw new RegistryError(message, cause.status, cause.code, cause.url, { cause });
    }
  }

  async reuseBlob(info: BlobInfo, { source, canSubstitute, locations }: ReuseOptions): Promise<StoredBlob | undefined> {
    const { domain } = this.#physical;
    const candidates: BlobInfo[] = [info, ...(canSubstitute ? (info.alternates ?? []) : [])];
    for (const candidate of candidates) {
      const { digest } = candidate;
      const known = this.#present.get(digest);
      if (known !== undefined) return { ...candidate, size: known };
      // Within a registry a mount answers for both questions, so nothing else is asked first.
      if (source && source.domain === domain && !sameRepository(source, this.#physical) && (await this.#mount(digest, source.path))) {
        this.#present.set(digest, candidate.size);
        return { ...candidate };
      }
      const size = await this.#size(digest);
      if (size !== undefined) {
        if (candidate.size >= 0 && size >= 0 && size !== candidate.size)
          throw new DigestMismatch(`${digest} of ${candidate.size} bytes`, `${size} bytes`);
        this.#present.set(digest, size);
        return { ...candidate, size: size >= 0 ? size : candidate.size };
      }
      for (const elsewhere of locations?.(domain, digest) ?? []) {
        const mounted = await this.#mountKnown(candidate, elsewhere);
        if (mounted) return mounted;
      }
    }
    return undefined;
  }

  /** Mounts a blob from where it was seen once, if it still is there: that is asked first, as it tells the size as well. */
  async #mountKnown(candidate: BlobInfo, elsewhere: Reference): Promise<StoredBlob | undefined> {
    if (sameRepository(elsewhere, this.#physical)) return undefined;
    const size = await this.#client.blobSize(elsewhere.path, candidate.digest).catch((error: unknown) => {
      if (error instanceof RegistryError) return undefined;
      throw error;
    });
    if (size === undefined || size < 0 || !(await this.#mount(candidate.digest, elsewhere.path))) return undefined;
    this.#present.set(candidate.digest, size);
    return { ...candidate, size };
  }

  async #mount(digest: Digest, from: string): Promise<boolean> {
    try {
      return await this.#client.mountBlob(this.#physical.path, digest, from);
    } catch (error) {
      if (error instanceof RegistryError) {
        debug(`Mounting ${digest} from ${from}: ${error.message}`);
        return false;
      }
      throw error;
    }
  }

  async putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    const digester = new Digester(info.digest ? digestAlgorithm(info.digest) : 'sha256');
    const { path } = this.#physical;
    async function* hashed(): AsyncGenerator<Uint8Array> {
      let collected = 0;
      for await (const chunk of blob.stream()) {
        digester.update(chunk);
        if (digester.bytes - collected > sentBetweenCollections) {
          collected = digester.bytes;
          Bun.gc(true);
        }
        options.onBytes?.(chunk.length);
        // Sending reads ahead, when the source may use the memory of a chunk again.
        yield Uint8Array.prototype.slice.call(chunk);
      }
      finished = digester.digest();
      if (info.digest && finished !== info.digest) throw new DigestMismatch(info.digest, finished);
    }
    let finished: Digest | undefined;
    const size = info.size;
    await this.#client.uploadBlob(path, {
      size,
      ...(info.digest ? { digest: info.digest } : {}),
      data: hashed(),
      finalDigest: () => finished!,
    });
    const digest = info.digest ?? finished!;
    this.#present.set(digest, digester.bytes);
    return { digest, size: digester.bytes, mediaType: info.mediaType };
  }

  async putManifest(manifest: RawManifest, instance?: Digest): Promise<void> {
    const target = instance ?? tagOrDigest(this.#physical);
    if (instance === undefined) this.#manifestDigest = manifestDigest(manifest.bytes);
    try {
      await this.#client.putManifest(this.#physical.path, target, manifest.bytes, manifest.mediaType);
    } catch (cause) {
      if (!(cause instanceof RegistryError)) throw cause;
      const message = `uploading manifest ${target} to ${repositoryName(this.#physical)}: ${cause.message}`;
      const typeRejected =
        cause.code === 'MANIFEST_INVALID' ||
        cause.code === 'TAG_INVALID' ||
        (cause.code === 'UNSUPPORTED' && /Invalid JSON syntax/i.test(cause.message));
      if (typeRejected) throw new ManifestTypeRejected(message, { cause });
      throw new RegistryError(message, cause.status, cause.code, cause.url, { cause });
    }
  }

  async putSignatures(signatures: readonly Uint8Array[], instance?: Digest): Promise<void> {
    if (signatures.length === 0) return;
    const digest = instance ?? this.#manifestDigest;
    if (digest === undefined) throw new SelkieError("Unknown manifest digest, can't add signatures");
    const { storeRegistrySignatures } = await import('../registry-signatures.ts');
    const registriesDir = this.#registriesDir;
    const image = { client: this.#client, reference: this.#physical, digest, ...(registriesDir ? { registriesDir } : {}) };
    await storeRegistrySignatures(image, signatures);
  }

  async commit(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Deletes the manifest that a tag or digest names, and so every tag of it, and its signatures in a lookaside. @throws ManifestNotFound */
export async function deleteDockerImage(reference: DockerReference, options: TransportOptions): Promise<void> {
  const client = namedClient(reference.dockerReference, options);
  const physical = reference.dockerReference;
  const wanted = tagOrDigest(physical);
  let manifest: RawManifest;
  try {
    manifest = await fetchManifest(client, physical, wanted, true);
  } catch (cause) {
    if (!(cause instanceof ManifestNotFound)) throw cause;
    throw new ImageMissing(
      `Unable to delete ${formatReference(physical)}. Image may not exist or is not stored with a v2 Schema in a v2 registry`,
      { cause },
    );
  }
  const digest = isDigest(wanted) ? wanted : manifestDigest(manifest.bytes);
  try {
    await client.deleteManifest(physical.path, digest);
  } catch (cause) {
    if (!(cause instanceof RegistryError)) throw cause;
    throw new RegistryError(`deleting ${formatReference(physical)}: ${cause.message}`, cause.status, cause.code, cause.url, { cause });
  }
  const { storeLookasideSignatures } = await import('../lookaside.ts');
  storeLookasideSignatures(physical, digest, [], options.registriesDir);
}

/** All tags of a repository, without those that are digests in disguise (`sha256-….sig` and such stay). */
export async function listRepositoryTags(reference: Reference, options: TransportOptions): Promise<string[]> {
  const { client, physical } = primaryClient(reference, options);
  try {
    const tags = await client.tags(physical.path);
    return tags.filter((tag) => /^[\w][\w.-]{0,127}$/.test(tag));
  } catch (cause) {
    if (!(cause instanceof RegistryError) || cause.message.startsWith('pinging ')) throw cause;
    throw new RegistryError(`fetching tags list: ${cause.message}`, cause.status, cause.code, cause.url, { cause });
  }
}

/** Names of repositories of a registry, as far as it tells. */
export async function registryCatalog(domain: string, limit: number, options: TransportOptions): Promise<string[]> {
  const conf = registriesConf(options);
  return clientFor(domain, isInsecure(findRegistry(conf, domain)?.insecure ?? false, options), conf, options).catalog(limit);
}
