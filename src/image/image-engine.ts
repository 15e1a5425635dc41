import type { Store } from '../storage/store.ts';
import type { ImageDiskUsage } from './disk-usage.ts';
import type { EngineContext, ImageEngineOptions } from './engine-context.ts';
import type { HistoryEntry } from './history.ts';
import { ImageNotKnown } from './image-errors.ts';
import type { ImageEvent, ImageEventType } from './image-events.ts';
import type { ImageInspect, InspectOptions } from './inspect.ts';
import type { ListOptions } from './list.ts';
import type { LocalImage } from './local-image.ts';
import { type Found, type LookupOptions, lookupImage } from './lookup.ts';
import type { PruneOptions, PruneReport } from './prune.ts';
import type { EngineCopyOptions, ImportOptions, PullOptions, PushOptions, SaveOptions } from './pull-options.ts';
import type { RemoveOptions, RemoveResult } from './remove.ts';
import type { ImageSummary } from './summary.ts';

export type { ImageEngineOptions };

/**
 * Images of a store: find, list, move in and out, name and remove them. What only reads the store is synchronous, what opens another
 * place is asynchronous; but for the search for an image, each loads its code when first called.
 */
export class ImageEngine implements EngineContext, Disposable {
  constructor(
    readonly store: Store,
    readonly options: ImageEngineOptions = {},
  ) {}

  /** @throws ImageNotKnown */
  lookup(name: string, options?: LookupOptions): LocalImage {
    return this.find(name, options).image;
  }

  /** The image with the full name (or id part) that led to it. @throws ImageNotKnown */
  find(name: string, options?: LookupOptions): Found {
    return lookupImage(this.store, name, options);
  }

  /** Whether the name leads to an image that can be read. */
  exists(name: string): boolean {
    try {
      const image = this.lookup(name, { manifestList: true });
      if (!image.isManifestList) image.image();
      return true;
    } catch (error) {
      if (error instanceof ImageNotKnown) return false;
      throw error;
    }
  }

  /** In the store's order. @throws SelkieError for an invalid filter */
  list(options: ListOptions = {}): LocalImage[] {
    return (require('./list.ts') as typeof import('./list.ts')).listImages(this, options);
  }

  /** The same, as rows of a list; what they say is computed when asked for. */
  summarize(options: ListOptions = {}): ImageSummary[] {
    return (require('./list.ts') as typeof import('./list.ts')).summarizeImages(this, options);
  }

  inspect(image: LocalImage, options?: InspectOptions): ImageInspect {
    return (require('./inspect.ts') as typeof import('./inspect.ts')).inspectImage(image, options);
  }

  /** Newest entry first. */
  history(image: LocalImage): HistoryEntry[] {
    return (require('./history.ts') as typeof import('./history.ts')).imageHistory(image);
  }

  /** The layers as `podman image tree` draws them. @param whatRequires also the images built upon it */
  tree(image: LocalImage, whatRequires = false): string {
    return (require('./tree.ts') as typeof import('./tree.ts')).imageTree(image, whatRequires);
  }

  diskUsage(): { images: ImageDiskUsage[]; totalSize: number } {
    return (require('./disk-usage.ts') as typeof import('./disk-usage.ts')).diskUsage(this.store);
  }

  /** Gives further names; short ones belong to localhost. A name that another image has moves here. */
  tag(image: LocalImage, names: string[]): void {
    const { tagImage } = require('./tag.ts') as typeof import('./tag.ts');
    for (const name of names) tagImage(this, image, name);
  }

  /** Takes names away, all of them when none is given. @throws TagNotKnown */
  untag(image: LocalImage, names: string[] = []): void {
    const { untagImage } = require('./tag.ts') as typeof import('./tag.ts');
    for (const name of names.length > 0 ? names : image.names) untagImage(this, image, name);
  }

  /** Gets an image from a registry or any other place, by its policy. @throws ImageNotKnown when the policy is `never` */
  async pull(name: string, options: PullOptions = {}): Promise<LocalImage[]> {
    return (await import('./pull.ts')).pullImages(this, name, options);
  }

  /**
   * Sends a local image to a place; by default where its name says. A manifest list without an instance for this machine is sent
   * whole. Answers the manifest's digest as it is there.
   */
  async push(name: string, destination?: string, options: PushOptions = {}): Promise<string> {
    try {
      return await (await import('./push.ts')).pushImage(this, name, destination, options);
    } catch (error) {
      if (!(error instanceof ImageNotKnown) || !this.#isList(name)) throw error;
      return await (await import('./list-push.ts')).pushList(this, name, destination || name, { ...options, all: true });
    }
  }

  #isList(name: string): boolean {
    try {
      return this.lookup(name, { onlyManifestList: true }).isManifestList;
    } catch {
      return false;
    }
  }

  async save(names: string[], path: string, options: SaveOptions = {}): Promise<void> {
    return (await import('./save.ts')).saveImages(this, names, path, options);
  }

  /** Loads every image of an archive or directory and answers their names (`sha256:…` for one without). */
  async load(path: string, options: EngineCopyOptions = {}): Promise<string[]> {
    return (await import('./load.ts')).loadImages(this, path, options);
  }

  /** Makes an image of a tar file and answers its id. */
  async import(path: string, options: ImportOptions = {}): Promise<string> {
    return (await import('./import.ts')).importImage(this, path, options);
  }

  /** Removes or untags; what fails is in `errors`, the rest is done. */
  async remove(names: string[], options: RemoveOptions = {}): Promise<RemoveResult> {
    return (await import('./remove.ts')).removeImages(this, names, options);
  }

  async prune(options: PruneOptions = {}): Promise<PruneReport[]> {
    return (await import('./prune.ts')).pruneImages(this, options);
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }

  emit(type: ImageEventType, id: string, name: string, error?: string): void {
    const event: ImageEvent = { type, id, name, time: new Date(), ...(error === undefined ? {} : { error }) };
    this.options.onEvent?.(event);
  }
}
