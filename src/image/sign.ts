import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookasideLocation } from '../config/registries-d.ts';
import { SelkieError } from '../errors.ts';
import { type Digest, digestAlgorithm, digestHex } from './digest.ts';
import { wrapped } from './errors.ts';
import { Gpg } from './gpg.ts';
import { manifestDigest, parseManifest } from './manifest.ts';
import { formatReference, type Reference } from './reference.ts';
import { signManifest } from './signature/simple-signing.ts';
import { formatImageName, type ImageReference, type TransportOptions } from './transport.ts';
import { dockerPolicyScopes } from './transports/docker-reference.ts';

export interface SignOptions {
  /** As gpg takes it: fingerprint, address, name. */
  readonly key: string;
  /** Where signatures are put; default: where registries.d says. */
  readonly directory?: string;
  /** Every instance of a list in place of the list. */
  readonly all?: boolean;
  readonly transport?: TransportOptions;
}

/** Signs an image where it is, by a signature beside the registry. Those that are there stay. @throws SelkieError */
export async function signImage(image: ImageReference, options: SignOptions): Promise<void> {
  await using source = await image.openSource(options.transport ?? {}).catch((cause: unknown) => {
    throw wrapped('getting image source', cause);
  });
  const reference = image.dockerReference;
  if (!reference) throw new SelkieError(`cannot determine canonical Docker reference for destination ${formatImageName(image)}`);
  const base = `${options.directory ?? placeFor(reference)}/${reference.path}`;
  const top = await source.manifest();
  const parsed = parseManifest(top);
  using gpg = Gpg.ofUser();
  const put = (bytes: Uint8Array, digest: Digest): void => {
    try {
      store(base, digest, signManifest(gpg, bytes, formatReference(reference), options.key));
    } catch (cause) {
      throw wrapped(`storing signature for ${formatReference(reference)}, ${digest}`, cause);
    }
  };
  if (!options.all) {
    put(top.bytes, manifestDigest(top.bytes));
    return;
  }
  if (parsed.kind !== 'list')
    throw new SelkieError(`${formatImageName(image)} is not a multi-architecture image (manifest type ${top.mediaType})`);
  for (const { digest } of parsed.instances) put((await source.manifest(digest)).bytes, digest);
}

function placeFor(reference: Reference): string {
  const url = lookasideLocation(dockerPolicyScopes(reference), 'write')!;
  if (url.protocol !== 'file:') throw new SelkieError(`writing to ${url.href} is not supported. Use a supported scheme`);
  return decodeURIComponent(url.pathname);
}

/** The next free name, so that nothing is overwritten. */
function store(base: string, digest: Digest, signature: Uint8Array): void {
  const directory = `${base}@${digestAlgorithm(digest)}=${digestHex(digest)}`;
  mkdirSync(directory, { recursive: true, mode: 0o751 });
  let index = 1;
  while (existsSync(join(directory, `signature-${index}`))) index++;
  writeFileSync(join(directory, `signature-${index}`), signature, { mode: 0o644, flag: 'wx' });
}
