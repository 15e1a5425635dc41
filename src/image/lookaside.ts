import { lookasideLocation } from '../config/registries-d.ts';
import { SelkieError } from '../errors.ts';
import type { Digest } from './digest.ts';
import { formatReference, type Reference } from './reference.ts';

/** Stored signatures of a docker image beside its registry, in order. Format: registries.d and `signature-N` files. */
export async function lookasideSignatures(reference: Reference, digest: Digest, directory?: string): Promise<Uint8Array[]> {
  const base = lookasideLocation(reference, formatReference(reference), 'read', directory);
  if (base === undefined) return [];
  const signatures: Uint8Array[] = [];
  for (let index = 1; index <= maximumSignatures; index++) {
    const signature = await read(signatureUrl(base, reference, digest, index));
    if (signature === undefined) break;
    signatures.push(signature);
  }
  return signatures;
}

const maximumSignatures = 128;
const signatureLimit = 4 << 20;

function signatureUrl(base: URL, reference: Reference, digest: Digest, index: number): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${reference.path}@${digest.replace(':', '=')}/signature-${index}`;
  return url;
}

async function read(url: URL): Promise<Uint8Array | undefined> {
  if (url.protocol === 'file:') {
    const { readFileSync } = require('node:fs') as typeof import('node:fs');
    try {
      return readFileSync(decodeURIComponent(url.pathname));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
      throw error;
    }
  }
  const { send } = await import('../registry/http.ts');
  const response = await send(url.href);
  if (response.status === 404) {
    await response.discard();
    return undefined;
  }
  if (response.status !== 200) throw new SelkieError(`reading signature from ${url.href}: status ${response.status}`);
  return response.bytes(signatureLimit);
}

/** Keeps signatures of an image in the lookaside that registries.d names for writing. @param digest of the manifest */
export function storeLookasideSignatures(reference: Reference, digest: Digest | undefined, signatures: readonly Uint8Array[]): void {
  const base = lookasideLocation(reference, formatReference(reference), 'write');
  if (base === undefined || digest === undefined)
    throw new SelkieError(`no lookaside is configured to keep signatures of ${formatReference(reference)}`);
  if (base.protocol !== 'file:') throw new SelkieError(`writing directly to a lookaside server (${base.href}) is not supported`);
  const { mkdirSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
  const { dirname } = require('node:path') as typeof import('node:path');
  signatures.forEach((signature, index) => {
    const path = decodeURIComponent(signatureUrl(base, reference, digest, index + 1).pathname);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, signature);
  });
}
