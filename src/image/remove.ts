import { debug, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { ImageInUse, ImageUnknown } from '../storage/errors.ts';
import type { EngineContext } from './engine-context.ts';
import { ImageNotKnown, ImageUsedByContainer } from './image-errors.ts';
import { LayerTree } from './layer-tree.ts';
import { listImages } from './list.ts';
import { LocalImage } from './local-image.ts';
import { lookupImage } from './lookup.ts';
import { untagImage } from './tag.ts';

export interface RemoveOptions {
  /** Remove containers of the image too, and an image by id that has several names. */
  force?: boolean;
  /** Names that lead nowhere are no error. */
  ignore?: boolean;
  /** The names are of manifest lists, which are removed without their instances. */
  manifestList?: boolean;
  /** Keep dangling parents. */
  noPrune?: boolean;
  /** Remove containers that are not podman's own. */
  externalContainers?: boolean;
  /** With no names given: which images to remove. */
  filters?: string[];
  withSize?: boolean;
}

export interface RemoveReport {
  readonly id: string;
  /** False when only names were taken, or when images built upon it keep its content. */
  removed: boolean;
  /** Bytes; 0 unless asked for. */
  size: number;
  readonly untagged: string[];
}

export interface RemoveResult {
  readonly reports: RemoveReport[];
  readonly errors: SelkieError[];
}

/** 2 when an image is used by a container, 1 when all that went wrong is unknown names, 125 for all else. */
export function removeExitCode(errors: readonly Error[]): number {
  if (errors.length === 0) return 0;
  if (errors.some((error) => error instanceof ImageUsedByContainer)) return 2;
  return errors.every((error) => error instanceof ImageNotKnown) ? 1 : 125;
}

/**
 * Removes images by name, or by filter when no name is given. A name of several is only taken away. Dangling images that the
 * removed one was built upon go with it.
 */
export async function removeImages(engine: EngineContext, names: string[], options: RemoveOptions = {}): Promise<RemoveResult> {
  const errors: SelkieError[] = [];
  const wanted = new Map<string, { image: LocalImage; names: string[] }>();
  const collect = (error: unknown): void => {
    if (!(error instanceof SelkieError)) throw error;
    errors.push(error);
  };
  for (const name of names) {
    try {
      const found = lookupImage(engine.store, name, options.manifestList ? { onlyManifestList: true } : { listWithoutInstance: true });
      const entry = wanted.get(found.image.id) ?? { image: found.image, names: [] };
      entry.names.push(found.name);
      wanted.set(found.image.id, entry);
    } catch (error) {
      if (!(options.ignore && error instanceof ImageNotKnown)) collect(error);
    }
  }
  if (names.length === 0)
    for (const image of listImages(engine, { filters: options.filters ?? [] })) wanted.set(image.id, { image, names: [''] });

  const removal = new Removal(engine, options);
  for (const { image, names: references } of wanted.values())
    for (const reference of references) await removal.remove(image, reference).catch(collect);
  if (removal.touched.size > 0) releaseWhenEmpty(engine);
  return { reports: [...removal.reports.values()].filter((report) => removal.touched.has(report.id)), errors };
}

/** Of a store that holds nothing any more nothing stays mounted: its directory can be deleted, as after the real tools. */
function releaseWhenEmpty({ store }: EngineContext): void {
  if (store.images.list().length > 0 || store.containers.list().length > 0) return;
  try {
    store.shutdown(false);
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    debug(`not released: ${error.message}`);
  }
}

class Removal {
  readonly reports = new Map<string, RemoveReport>();
  readonly touched = new Set<string>();

  constructor(
    readonly engine: EngineContext,
    readonly options: RemoveOptions,
  ) {}

  /** @param reference how the image was found; '' when it was not by name */
  async remove(stale: LocalImage, reference: string): Promise<void> {
    const { store } = this.engine;
    const image = this.#fresh(stale);
    if (image.readOnly) throw new SelkieError(`cannot remove read-only image "${image.id}"`);
    const report = this.reports.get(image.id) ?? { id: image.id, removed: false, size: 0, untagged: [] };
    if (report.removed) return;
    this.reports.set(image.id, report);
    if (this.options.withSize) report.size = sizeOrZero(image);

    if (reference !== '' && image.names.length !== 1) {
      if (this.#untagged(image, reference, report)) {
        this.touched.add(image.id);
        this.engine.emit('remove', image.id, reference);
        if ((store.images.find(image.id)?.names.length ?? 0) > 0) return;
      }
    }
    this.touched.add(image.id);
    await this.#removeContainers(image);

    const tree = LayerTree.of(store);
    const hasChildren = tolerant(() => tree.child(image) !== undefined, false);
    const parent = tolerant(() => tree.parent(image), undefined);
    const current = store.images.find(image.id);
    if (current) {
      removeRecord(image);
      report.untagged.push(...current.names);
      for (const name of current.names) this.engine.emit('untag', image.id, name);
    }
    this.engine.emit('remove', image.id, reference);
    if (!hasChildren) report.removed = true;
    if (this.options.noPrune || !parent) return;
    if (tolerant(() => LayerTree.of(store).isDangling(this.#fresh(parent)), false)) await this.remove(parent, '');
  }

  #fresh(image: LocalImage): LocalImage {
    const record = this.engine.store.images.find(image.id);
    return record ? new LocalImage(this.engine.store, record) : image;
  }

  /** Whether the reference was a name that is now taken from the image. */
  #untagged(image: LocalImage, reference: string, report: RemoveReport): boolean {
    const byId = image.id.startsWith(reference);
    const byDigest = reference.startsWith('sha256:');
    if (!this.options.force && image.names.length > 1 && (byId || byDigest)) {
      const how = byId ? 'ID' : 'digest';
      throw new SelkieError(
        `unable to delete image "${image.id}" by ${how} with more than one tag ([${image.names.join(' ')}]): please force removal`,
      );
    }
    if (byId || byDigest) return false;
    untagImage(this.engine, image, reference);
    report.untagged.push(reference);
    return true;
  }

  async #removeContainers(image: LocalImage): Promise<void> {
    const { force, externalContainers } = this.options;
    if (!force && !externalContainers) return;
    const { removeContainers, isExternalContainer } = this.engine.options;
    if (force && removeContainers) await removeContainers(image.id);
    const containers = image.containers();
    if (!force && isExternalContainer) {
      const own = containers.find((id) => !isExternalContainer(id));
      if (own !== undefined) throw new SelkieError(`cannot remove container ${own}: not an external container`);
    }
    for (const id of containers) this.engine.store.containers.remove(id);
  }
}

function refuseWhenUsed(image: LocalImage): void {
  const user = image.containers()[0];
  if (user !== undefined) throw new ImageUsedByContainer(image.id, user);
}

function removeRecord(image: LocalImage): void {
  refuseWhenUsed(image);
  try {
    image.store.images.remove(image.id);
  } catch (error) {
    // another process was quicker: with a container of the image, or with its removal
    if (error instanceof ImageInUse) throw new ImageUsedByContainer(image.id, error.container, { cause: error });
    if (!(error instanceof ImageUnknown)) throw error;
  }
}

function sizeOrZero(image: LocalImage): number {
  return tolerant(() => image.size(), 0);
}

/** Damaged images must stay removable. */
function tolerant<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch (error) {
    warn(`Failed to determine if an image is a parent: ${(error as Error).message}, ignoring the error`);
    return otherwise;
  }
}
