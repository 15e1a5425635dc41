import { SelkieError } from '../errors.ts';
import type { CopyOptions, CopyResult } from './copy.ts';
import { copySingle } from './copy-image.ts';
import { listTexts, newSignatures, sourceSignatures, storeSignatures } from './copy-signatures.ts';
import type { Digest } from './digest.ts';
import { wrapped } from './errors.ts';
import { type ManifestList, manifestDigest, parseManifest } from './manifest.ts';
import { chooseListType } from './manifest-choice.ts';
import { convertList, type InstanceUpdate, updateInstances } from './manifest-list.ts';
import { checkPolicy, loadPolicy } from './policy.ts';
import type { ImageDestination, ImageSource, RawManifest } from './transport.ts';

export interface ListCopy {
  readonly options: CopyOptions;
  readonly topLevel: RawManifest;
}

/** Copies a list with all of its instances, those named, or none. */
export async function copyList(
  source: ImageSource,
  destination: ImageDestination,
  list: ManifestList,
  which: 'all' | 'index-only' | readonly Digest[],
  { options, topLevel }: ListCopy,
): Promise<CopyResult> {
  const say = (text: string): void => options.onProgress?.({ kind: 'text', text });
  const supported = destination.manifestTypes;
  if (supported && !supported.some((type) => /index|list/.test(type)))
    throw new SelkieError(`copying multiple images to ${destination.reference.transport}: is not supported: it takes a single image only`);
  if (options.preserveDigests && options.manifestType)
    throw new SelkieError('cannot change the type of a list whose digests are to be preserved');

  const signatures = await sourceSignatures(source, destination, options, listTexts);

  const wanted = list.instances
    .map((instance, index) => ({ instance, index }))
    .filter(({ instance }) => which === 'all' || (which !== 'index-only' && which.includes(instance.digest)));
  say(`Copying ${wanted.length} images generated from ${list.instances.length} images in list`);
  const updates: InstanceUpdate[] = list.instances.map(({ digest, size, mediaType }) => ({ digest, size, mediaType }));
  for (const [position, { instance, index }] of wanted.entries()) {
    say(`Copying image ${instance.digest} (${position + 1}/${wanted.length})`);
    try {
      const copied = await copyInstance(source, destination, instance.digest, {
        // What a signature of the list covers may not change.
        options: signatures.length > 0 ? { ...options, preserveDigests: true } : options,
        topLevel,
      });
      updates[index] = { digest: copied.digest, size: copied.manifest.length, mediaType: copied.mediaType };
    } catch (cause) {
      throw wrapped(`copying image ${position + 1}/${wanted.length} from manifest list`, cause);
    }
  }

  const changed = updates.some((update, index) => update.digest !== list.instances[index]!.digest);
  const fixed = signatures.length > 0 || options.preserveDigests || destination.fixedDigest !== undefined;
  if (changed && fixed)
    throw new SelkieError('Manifest list must be converted or changed, but it must not be: its digest is to stay as it is');
  const mediaType = fixed ? list.mediaType : chooseListType(list.mediaType, supported, options.manifestType);
  let bytes = changed ? updateInstances(list, updates) : list.bytes;
  if (mediaType !== list.mediaType) {
    const edited = parseManifest({ bytes, mediaType: list.mediaType });
    if (edited.kind === 'list') bytes = convertList(edited, mediaType);
  }
  say('Writing manifest list to image destination');
  await destination.putManifest({ bytes, mediaType });
  const made = await newSignatures(bytes, destination, options);
  say('Storing list signatures');
  await storeSignatures(destination, [...signatures, ...made], undefined);
  await destination.commit(topLevel);
  return { manifest: bytes, mediaType, digest: manifestDigest(bytes), skipped: false };
}

async function copyInstance(source: ImageSource, destination: ImageDestination, digest: Digest, copy: ListCopy): Promise<CopyResult> {
  const raw = await source.manifest(digest);
  const parsed = parseManifest(raw);
  await checkPolicy(copy.options.policy ?? loadPolicy(), source, digest, digest);
  if (parsed.kind === 'list') return copyList(source, destination, parsed, 'all', { ...copy, topLevel: raw });
  return copySingle(source, destination, parsed, { ...copy, instance: digest, withinList: true });
}
