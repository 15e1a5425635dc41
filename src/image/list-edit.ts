import { SelkieError } from '../errors.ts';
import { LockFile } from '../os/locks.ts';
import type { Digest } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import { ImageNotKnown, NotAManifestList } from './image-errors.ts';
import { type ListInstance, ListRecord, type Subject } from './list-record.ts';
import type { LocalImage } from './local-image.ts';
import { lookupImage } from './lookup.ts';
import { formatReference } from './reference.ts';
import { normalizeName } from './typed-name.ts';

/** A name for a list that another image has. */
export class ListNameTaken extends SelkieError {
  constructor(
    readonly listName: string,
    readonly imageId: string,
  ) {
    super(
      `image name ${JSON.stringify(listName)} is already associated with image ${JSON.stringify(imageId)}: that name is already in use, or use --replace to instruct Podman to do so.`,
    );
  }
}

/** What may be said of one entry of a list. Empty texts and absent fields change nothing. */
export interface InstanceChanges {
  architecture?: string;
  os?: string;
  osVersion?: string;
  osFeatures?: string[];
  variant?: string;
  features?: string[];
  annotations?: Record<string, string>;
}

/** Makes an empty list under a name. @throws ListNameTaken @returns its id */
export function createList(engine: EngineContext, name: string): string {
  const full = formatReference(normalizeName(name));
  const holder = engine.store.images.find(full);
  if (holder) throw new ListNameTaken(full, holder.id);
  return new ListRecord().create(engine.store, [full]);
}

/** @throws ImageNotKnown, NotAManifestList */
export function findList(engine: EngineContext, name: string): LocalImage {
  return lookupImage(engine.store, name, { onlyManifestList: true }).image;
}

/** Whether the name leads to a list. @throws NotAManifestList when it leads to an image */
export function listExists(engine: EngineContext, name: string): boolean {
  try {
    findList(engine, name);
    return true;
  } catch (error) {
    if (error instanceof ImageNotKnown && !(error instanceof NotAManifestList)) return false;
    throw error;
  }
}

/** Changes a list under the lock that podman takes for it: two changes at once are both kept. */
export function editList<T>(engine: EngineContext, id: string, edit: (list: ListRecord) => T): T {
  const { runRoot, driver } = engine.store.options;
  const lock = new LockFile(`${runRoot}/${driver}-locks/sha256:${id}`);
  lock.lockExclusive();
  try {
    const list = ListRecord.load(findList(engine, id));
    const result = edit(list);
    list.save(engine.store, id);
    return result;
  } finally {
    lock.close();
  }
}

/** Adds entries at the end, in place of those of the same digest. @param source where their blobs are to be found when the list is pushed */
export function addInstances(engine: EngineContext, id: string, instances: ListInstance[], source: string): void {
  editList(engine, id, (list) => {
    for (const instance of instances) {
      list.instances = [...list.instances.filter((entry) => entry.digest !== instance.digest), instance];
      list.sources[instance.digest] ??= source;
    }
  });
}

export function annotateInstance(engine: EngineContext, id: string, digest: Digest, changes: InstanceChanges): void {
  if (!hasChanges(changes)) return;
  editList(engine, id, (list) => applyChanges(list.instance(digest), changes));
}

function hasChanges(changes: InstanceChanges): boolean {
  const lists = [changes.osFeatures, changes.features, Object.keys(changes.annotations ?? {})];
  const texts = [changes.architecture, changes.os, changes.osVersion, changes.variant];
  return texts.some(Boolean) || lists.some((list) => list?.length);
}

function applyChanges(instance: ListInstance, changes: InstanceChanges): void {
  const { platform } = instance;
  if (changes.os) platform.os = changes.os;
  if (changes.osVersion) platform['os.version'] = changes.osVersion;
  if (changes.features?.length) platform.features = changes.features;
  if (changes.osFeatures?.length) platform['os.features'] = changes.osFeatures;
  if (changes.architecture) platform.architecture = changes.architecture;
  if (changes.architecture || changes.variant) platform.variant = changes.variant || undefined;
  if (changes.annotations && Object.keys(changes.annotations).length > 0)
    instance.annotations = { ...instance.annotations, ...changes.annotations };
}

export function annotateList(engine: EngineContext, id: string, annotations: Record<string, string>, subject?: Subject): void {
  if (Object.keys(annotations).length === 0 && !subject) return;
  editList(engine, id, (list) => {
    if (Object.keys(annotations).length > 0) list.annotations = { ...list.annotations, ...annotations };
    if (subject) list.subject = subject;
  });
}

/** @throws SelkieError when the list has no such entry */
export function removeInstance(engine: EngineContext, id: string, digest: string): void {
  editList(engine, id, (list) => {
    if (!list.instances.some((entry) => entry.digest === digest))
      throw new SelkieError(`no instance matching digest ${JSON.stringify(digest)} found in manifest list: file does not exist`);
    list.instances = list.instances.filter((entry) => entry.digest !== digest);
    delete list.sources[digest];
  });
}
