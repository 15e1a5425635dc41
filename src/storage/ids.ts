import { sha256Hex } from '../archive/sha256.ts';

const HEX = '0123456789abcdef';

/** 64 hex digits, as for a container, its layer, or an image without a config. Never all decimal in its first twelve, so that it is not taken for a number. */
export function randomId(): string {
  for (;;) {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
    if (!/^[0-9]{12}/.test(id)) return id;
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 26 characters: the short name of a layer's diff under `overlay/l`. */
export function randomLinkId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(26))) id += BASE32[byte & 31];
  return id;
}

export const isId = (text: string): boolean => text.length === 64 && [...text].every((character) => HEX.includes(character));

/**
 * The id under which a layer of an image is kept: a function of the contents of it and of all below it, so that images share layers.
 * @param diffId `sha256:…` of the uncompressed tar
 */
export function layerChainId(parent: string | undefined, diffId: string): string {
  const hex = diffId.slice(diffId.indexOf(':') + 1);
  if (parent === undefined || parent === '') return hex;
  return sha256Hex(`${parent}+${hex}`);
}
