import { sha256Hex } from '../archive/sha256.ts';
import type { Digest } from './digest.ts';
import { InvalidManifest } from './errors.ts';
import { goJson, sortKeys } from './go-json.ts';
import { type ImageManifest, parseImageManifest, parseJsonObject } from './manifest.ts';
import { dockerSigned } from './media-types.ts';
import type { Reference } from './reference.ts';
import { emptyLayerDigest } from './schema1.ts';

interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** An image of docker's schema 2 as schema 1, whose parts hang together by ids as docker makes them. @throws InvalidManifest without a history */
export async function toSchema1(
  { layers }: ImageManifest,
  configBytes: Uint8Array,
  mediaType: string,
  name: Reference | undefined,
): Promise<ImageManifest> {
  const config = parseJsonObject(configBytes, 'config');
  const steps = Array.isArray(config['history']) ? (config['history'] as HistoryEntry[]) : [];
  if (steps.length === 0) throw new InvalidManifest('Cannot convert an image without history to a manifest of docker schema 1');
  const digests = digestsOfSteps(
    steps,
    layers.map(({ digest }) => digest),
  );
  let id = '';
  let parent = '';
  const compatible = steps.map((step, index) => {
    parent = id;
    id = idOf(digests[index]!, parent);
    return goJson({
      id,
      ...(parent ? { parent } : {}),
      ...(step.comment ? { comment: step.comment } : {}),
      created: step.created ?? '0001-01-01T00:00:00Z',
      container_config: { Cmd: [step.created_by ?? ''] },
      ...(step.author ? { author: step.author } : {}),
      ...(step.empty_layer ? { throwaway: true } : {}),
    });
  });
  // The topmost one carries the config in place of its step.
  const { rootfs: _, history: __, ...rest } = config;
  const topId = idOf(digests.at(-1)!, parent, new TextDecoder().decode(configBytes));
  const isTopEmpty = steps.at(-1)!.empty_layer === true;
  compatible[compatible.length - 1] = goJson(
    sortKeys({ ...rest, id: topId, ...(parent ? { parent } : {}), ...(isTopEmpty ? { throwaway: true } : {}) }),
  );
  const json = goJson({
    name: name?.path ?? '',
    tag: name?.tag ?? '',
    architecture: config['architecture'] ?? '',
    fsLayers: digests.map((blobSum) => ({ blobSum })).reverse(),
    history: compatible.map((v1Compatibility) => ({ v1Compatibility })).reverse(),
    schemaVersion: 1,
  });
  const bytes = new TextEncoder().encode(json);
  return parseImageManifest({ bytes: mediaType === dockerSigned ? await signSchema1(bytes) : bytes, mediaType });
}

function digestsOfSteps(steps: readonly HistoryEntry[], layers: readonly Digest[]): Digest[] {
  let next = 0;
  return steps.map((step) => {
    if (step.empty_layer) return emptyLayerDigest;
    const digest = layers[next++];
    if (digest === undefined)
      throw new InvalidManifest(`Invalid image configuration, needs more than the ${layers.length} distributed layers`);
    return digest;
  });
}

const idOf = (digest: Digest, ...others: string[]): string => sha256Hex([digest.slice(digest.indexOf(':') + 1), ...others].join(' '));

/** Signs with a key made for this, as every docker did: the signature says nothing, but a signed manifest has to have one. */
export async function signSchema1(manifest: Uint8Array): Promise<Uint8Array> {
  const text = new TextDecoder().decode(manifest);
  const end = text.trimEnd().replace(/\s*\}$/, '').length;
  const [content, tail] = [Buffer.from(text.slice(0, end)), text.slice(end)];
  const protection = base64url(
    JSON.stringify({
      formatLength: content.length,
      formatTail: base64url(tail),
      time: `${new Date().toISOString().slice(0, 19)}Z`,
    }),
  );
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const kid = keyId(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)));
  const signed = Buffer.from(`${protection}.${base64url(manifest)}`);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, signed);
  const header = { jwk: { crv: 'P-256', kid, kty: 'EC', x, y }, alg: 'ES256' };
  const signatures = JSON.stringify([{ header, signature: base64url(new Uint8Array(signature)), protected: protection }], undefined, 3);
  return Buffer.concat([content, Buffer.from(`,\n   "signatures": ${signatures.replaceAll('\n', '\n   ')}\n}`)]);
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString('base64url');

/** libtrust's name of a public key: 240 bits of its digest in base 32, in groups. */
function keyId(spki: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = new Bun.CryptoHasher('sha256').update(spki).digest().subarray(0, 30);
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits
    .match(/.{5}/g)!
    .map((five) => alphabet[Number.parseInt(five, 2)])
    .join('');
  return letters.match(/.{4}/g)!.join(':');
}
