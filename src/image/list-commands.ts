import { SelkieError } from '../errors.ts';
import { type Digest, isDigest, parseDigest } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import {
  addInstances,
  annotateInstance,
  annotateList,
  createList,
  findList,
  type InstanceChanges,
  ListNameTaken,
  removeInstance,
} from './list-edit.ts';
import { memberDigest, readInstances, readSubject } from './list-instances.ts';
import { ListRecord } from './list-record.ts';
import type { EngineCopyOptions } from './pull-options.ts';

export interface ListCreateOptions extends EngineCopyOptions {
  /** Add every instance of the lists that are named. */
  all?: boolean;
  /** A list of that name may be there already and is added to. */
  amend?: boolean;
  annotations?: Record<string, string>;
}

export interface ListAnnotateOptions extends InstanceChanges {
  indexAnnotations?: Record<string, string>;
  subject?: string;
}

/** Makes a list of images. @returns its id */
export async function createManifestList(
  engine: EngineContext,
  name: string,
  images: string[],
  options: ListCreateOptions = {},
): Promise<string> {
  const id = createOrFind(engine, name, options.amend === true);
  annotateList(engine, id, options.annotations ?? {});
  for (const image of images) await addToList(engine, id, image, options);
  return id;
}

function createOrFind(engine: EngineContext, name: string, amend: boolean): string {
  try {
    return createList(engine, name);
  } catch (error) {
    if (amend && error instanceof ListNameTaken) return findList(engine, name).id;
    throw error;
  }
}

/** Adds images, each with what is said of it. @returns the list's id */
export async function addImagesToList(
  engine: EngineContext,
  name: string,
  images: string[],
  options: EngineCopyOptions & { all?: boolean },
  changes: ListAnnotateOptions,
): Promise<string> {
  const { id } = findList(engine, name);
  for (const image of images) await addImageToList(engine, id, image, options, changes);
  return id;
}

/** Adds one image. @returns the list's id and the digest of the entry */
export async function addImageToList(
  engine: EngineContext,
  name: string,
  image: string,
  options: EngineCopyOptions & { all?: boolean },
  changes: ListAnnotateOptions,
): Promise<{ id: string; digest: Digest }> {
  const { id } = findList(engine, name);
  const digest = await addToList(engine, id, image, options);
  annotateInstance(engine, id, digest, changes);
  const subject = changes.subject ? await readSubject(engine, changes.subject, options) : undefined;
  annotateList(engine, id, changes.indexAnnotations ?? {}, subject);
  return { id, digest };
}

async function addToList(
  engine: EngineContext,
  id: string,
  image: string,
  options: EngineCopyOptions & { all?: boolean },
): Promise<Digest> {
  const { instances, source } = await readInstances(engine, image, options);
  addInstances(engine, id, instances, source);
  return instances[0]!.digest;
}

/** Says something of an entry, or of the list itself when no entry is named. @returns the list's id and the entry's digest */
export async function annotateManifestList(
  engine: EngineContext,
  name: string,
  member: string | undefined,
  changes: ListAnnotateOptions,
): Promise<{ id: string; digest?: string }> {
  const image = findList(engine, name);
  const refuse = (what: string, which: string): never => {
    throw new SelkieError(`setting ${what} requires ${which}`);
  };
  if (member === undefined) {
    const wanted = 'an instance digest';
    if (filled(changes.annotations)) refuse('annotation on an item in a manifest list', wanted);
    if (changes.architecture) refuse('architecture on an item in a manifest list', wanted);
    if (changes.features?.length) refuse('features on an item in a manifest list', wanted);
    if (changes.os) refuse('OS on an item in a manifest list', wanted);
    if (changes.osFeatures?.length) refuse('OS features on an item in a manifest list', wanted);
    if (changes.osVersion) refuse('OS version on an item in a manifest list', wanted);
    if (changes.variant) refuse('variant on an item in a manifest list', wanted);
    const subject = changes.subject ? await readSubject(engine, changes.subject, {}) : undefined;
    annotateList(engine, image.id, changes.indexAnnotations ?? {}, subject);
    return { id: image.id };
  }
  if (filled(changes.indexAnnotations)) refuse('index-wide annotation in a manifest list', 'no instance digest');
  if (changes.subject) refuse('subject for a manifest list', 'no instance digest');
  let digest: string;
  try {
    digest = await memberDigest(engine, ListRecord.load(image).artifacts.files ?? {}, member);
  } catch (cause) {
    throw new SelkieError(`finding instance for ${JSON.stringify(member)}: ${(cause as Error).message}`, { cause });
  }
  annotateInstance(engine, image.id, parseDigest(digest), changes);
  return { id: image.id, digest };
}

const filled = (map: Record<string, string> | undefined): boolean => map !== undefined && Object.keys(map).length > 0;

/** @throws SelkieError when the text is no digest or the list has no such entry @returns the list's id */
export function removeFromList(engine: EngineContext, name: string, digest: string): string {
  const problem = digestProblem(digest);
  if (problem) throw new SelkieError(`invalid image digest "${digest}": ${problem}`);
  const { id } = findList(engine, name);
  removeInstance(engine, id, digest);
  return id;
}

/** What go-digest says of a text that is no digest. */
function digestProblem(text: string): string | undefined {
  if (isDigest(text)) return undefined;
  const match = /^([A-Za-z0-9]+(?:[+._-][A-Za-z0-9]+)*):([A-Za-z0-9=_-]+)$/.exec(text);
  if (!match) return 'invalid checksum digest format';
  const length = { sha256: 64, sha384: 96, sha512: 128 }[match[1]!];
  if (length === undefined) return 'unsupported digest algorithm';
  return match[2]!.length === length ? 'invalid checksum digest format' : 'invalid checksum digest length';
}
