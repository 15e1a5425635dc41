import type { SelkieError } from '../errors.ts';
import { BigDataUnknown } from '../storage/errors.ts';
import type { ImageRecord, LayerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import type { Digest } from './digest.ts';
import { type OciImage, type OciImageConfig, parseImageConfig } from './image-config.ts';
import { ImageCorrupted, ImageItemMissing } from './image-errors.ts';
import { guessManifestType } from './manifest.ts';
import { isListType } from './media-types.ts';
import { formatReference, parseReference, type Reference, repositoryName } from './reference.ts';
import { schema1Config } from './schema1.ts';

/** A manifest as it lies in the store. `parsed` is not validated beyond being an object. */
export interface LocalManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly parsed: Record<string, unknown>;
}

/**
 * An image of the store: a snapshot of its record, with what its manifest and config say read when asked for and kept.
 * Everything is synchronous; nothing here changes the store.
 */
export class LocalImage {
  #manifest?: LocalManifest;
  #rawConfig?: Uint8Array;
  #config?: OciImage;
  #names?: string[];

  constructor(
    readonly store: Store,
    readonly record: ImageRecord,
  ) {}

  get id(): string {
    return this.record.id;
  }

  get names(): string[] {
    return this.#names ?? this.record.names ?? [];
  }

  /** Shows just these names from here on; the store is not touched (a reference filter that names one tag). */
  showOnly(names: string[]): void {
    this.#names = names;
  }

  get namesHistory(): string[] {
    return this.record.namesHistory ?? [];
  }

  get digest(): string {
    return this.digests[0] ?? '';
  }

  /** The record's digest and those of every manifest kept with the image, each once. */
  get digests(): string[] {
    const digests = new Set<string>();
    if (this.record.digest) digests.add(this.record.digest);
    for (const name of this.record.bigDataNames ?? []) {
      const digest = name.startsWith('manifest') ? this.record.bigDataDigests?.[name] : undefined;
      if (digest) digests.add(digest);
    }
    return [...digests];
  }

  get created(): Date {
    return new Date(this.record.created);
  }

  get topLayer(): string | undefined {
    return this.record.layer || undefined;
  }

  get readOnly(): boolean {
    return this.record.readOnly;
  }

  /** Names as references; what cannot be parsed is left out. */
  references(): Reference[] {
    return this.names.flatMap((name) => {
      try {
        return [parseReference(name)];
      } catch {
        return [];
      }
    });
  }

  /** The names that carry a tag. */
  get repoTags(): string[] {
    return this.references()
      .filter((reference) => reference.tag !== undefined)
      .map(formatReference);
  }

  /** Every repository of the names with every digest, sorted. */
  get repoDigests(): string[] {
    const digests = this.digests;
    const found = new Set<string>();
    for (const reference of this.references()) for (const digest of digests) found.add(`${repositoryName(reference)}@${digest}`);
    return [...found].sort();
  }

  /**
   * Bytes of all layers, each once, and of manifests, config and signatures.
   * @param layerOf where to look layers up, when the caller has them at hand  @throws ImageCorrupted when a layer is missing
   */
  size(layerOf: (id: string) => LayerRecord | undefined = (id) => this.store.layers.get(id)): number {
    let size = 0;
    const visited = new Set<string>();
    for (const top of [this.record.layer, ...(this.record.mappedLayers ?? [])]) {
      for (let id: string | undefined = top; id && !visited.has(id); ) {
        visited.add(id);
        const layer = layerOf(id);
        if (!layer) throw new ImageCorrupted(this.id.slice(0, 12), new Error(`locating layer with ID "${id}": layer not known`));
        size += layer.diffDigest && layer.diffSize !== undefined && layer.diffSize >= 0 ? layer.diffSize : 0;
        id = layer.parent;
      }
    }
    for (const bytes of Object.values(this.record.bigDataSizes ?? {})) size += bytes;
    return size;
  }

  /** @throws ImageCorrupted */
  manifest(): LocalManifest {
    if (!this.#manifest) {
      try {
        const bytes = this.#item('manifest');
        const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
        if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('manifest is not an object');
        const manifest = parsed as Record<string, unknown>;
        this.#manifest = { bytes, mediaType: guessManifestType(manifest), parsed: manifest };
      } catch (cause) {
        throw this.#corrupted(cause);
      }
    }
    return this.#manifest;
  }

  #item(name: string): Uint8Array {
    try {
      return this.store.images.bigData(this.id, name);
    } catch (cause) {
      throw cause instanceof BigDataUnknown ? new ImageItemMissing(this.id, name) : cause;
    }
  }

  #corrupted(cause: unknown): SelkieError {
    if (cause instanceof ImageCorrupted || cause instanceof ImageItemMissing) return cause;
    return new ImageCorrupted(this.id.slice(0, 12), cause);
  }

  /** Whether manifest and config are on disk; they are not read. @throws ImageItemMissing */
  checkItems(): void {
    const items = (this.record.bigDataNames ?? []).filter((name) => name === 'manifest' || name.startsWith('sha256:'));
    const missing = items.find((name) => !this.store.images.hasBigData(this.id, name));
    if (missing !== undefined) throw new ImageItemMissing(this.id, missing);
  }

  get isManifestList(): boolean {
    if (this.record.layer) return false;
    return isListType(this.manifest().mediaType);
  }

  /** The config blob as stored; of docker schema 1, which has none, the one that it would have. @throws ImageCorrupted */
  rawConfig(): Uint8Array {
    this.#rawConfig ??= this.#readConfig();
    return this.#rawConfig;
  }

  #readConfig(): Uint8Array {
    const { parsed } = this.manifest();
    const digest = (parsed['config'] as { digest?: string } | undefined)?.digest;
    try {
      if (!digest) return 'history' in parsed ? schema1Config(parsed, this.#diffIds()) : new TextEncoder().encode('{}');
      return this.#item(digest);
    } catch (cause) {
      throw this.#corrupted(cause);
    }
  }

  /** Of the layers, lowest first. */
  #diffIds(): Digest[] {
    const found: Digest[] = [];
    for (let id = this.topLayer; id !== undefined; ) {
      const layer = this.store.layers.get(id);
      found.unshift((layer?.diffDigest ?? '') as Digest);
      id = layer?.parent;
    }
    return found;
  }

  /** The whole config document. @throws ImageCorrupted */
  image(): OciImage {
    if (!this.#config) {
      try {
        this.#config = parseImageConfig(this.rawConfig());
      } catch (cause) {
        throw this.#corrupted(cause);
      }
    }
    return this.#config;
  }

  /** How to run it: `Env`, `Cmd`, `Entrypoint`, `User` …; empty when the config has none. */
  config(): OciImageConfig {
    return this.image().config ?? {};
  }

  labels(): Record<string, string> | null {
    return this.isManifestList ? null : (this.config().Labels ?? null);
  }

  /** Ids of containers made from the image, external ones included. */
  containers(): string[] {
    return this.store.containers
      .list()
      .filter((container) => container.image === this.id)
      .map((container) => container.id);
  }
}
