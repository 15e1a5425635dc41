import { SelkieError } from '../errors.ts';
import type { CopyOptions, CopyResult } from './copy.ts';
import { copySingle } from './copy-image.ts';
import { listTexts, newSignatures, sourceSignatures, storeSignatures } from './copy-signatures.ts';
import type { Digest } from './digest.ts';
import { wrapped } from './errors.ts';
import { planInstances } from './list-plan.ts';
import { type ManifestList, manifestDigest, parseManifest } from './manifest.ts';
import { chooseListType } from './manifest-choice.ts';
import { compressionOfType } from './manifest-convert.ts';
import { type AddedInstance, convertList, type InstanceUpdate, updateInstances } from './manifest-list.ts';
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
    throw new SelkieError(
      `copying multiple images: destination transport ${JSON.stringify(destination.reference.transport)} does not support copying multiple images as a group`,
    );
  if (options.ensureCompressions?.length && which !== 'all')
    throw new SelkieError('preparing instances for copy: EnsureCompressionVariantsExist is not implemented for CopySpecificImages');
  if (options.preserveDigests && options.manifestType)
    throw new SelkieError('cannot change the type of a list whose digests are to be preserved');

  const signatures = await sourceSignatures(source, destination, options, listTexts);

  const plan = planInstances(list, which, options.ensureCompressions ?? []);
  say(`Copying ${plan.length} images generated from ${list.instances.length} images in list`);
  const updates: InstanceUpdate[] = list.instances.map(({ digest, size, mediaType }) => ({ digest, size, mediaType }));
  const added: AddedInstance[] = [];
  for (const [position, { instance, index, replicaIn }] of plan.entries()) {
    const turn = `${position + 1}/${plan.length}`;
    say(`${replicaIn ? 'Replicating' : 'Copying'} image ${instance.digest} (${turn})`);
    const instanceOptions = {
      ...options,
      // What a signature of the list covers may not change.
      ...(signatures.length > 0 ? { preserveDigests: true } : {}),
      ...(replicaIn ? { compressionFormat: replicaIn, forceCompression: true } : {}),
    };
    try {
      const copied = await copyInstance(source, destination, instance.digest, { options: instanceOptions, topLevel });
      const update = { digest: copied.digest, size: copied.manifest.length, mediaType: copied.mediaType, zstd: isZstd(copied) };
      if (replicaIn) added.push({ ...update, like: instance });
      else updates[index] = update;
    } catch (cause) {
      throw wrapped(`copying image ${turn} from manifest list`, cause);
    }
  }

  const changed = added.length > 0 || updates.some((update, index) => update.digest !== list.instances[index]!.digest);
  const fixed = signatures.length > 0 || options.preserveDigests || destination.fixedDigest !== undefined;
  if (changed && fixed)
    throw new SelkieError('Manifest list must be converted or changed, but it must not be: its digest is to stay as it is');
  const mediaType = fixed ? list.mediaType : chooseListType(list.mediaType, supported, options.manifestType);
  let bytes = changed ? updateInstances(list, updates, added) : list.bytes;
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

function isZstd({ manifest, mediaType }: CopyResult): boolean {
  const parsed = parseManifest({ bytes: manifest, mediaType });
  return parsed.kind === 'image' && parsed.layers.some((layer) => compressionOfType(layer.mediaType ?? '') === 'zstd');
}
