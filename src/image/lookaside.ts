import { lookasideLocation } from '../config/registries-d.ts';
import { SelkieError } from '../errors.ts';
import type { Digest } from './digest.ts';
import type { Reference } from './reference.ts';
import { parseSignature, signatureLimit } from './signature/signature.ts';
import { dockerPolicyScopes } from './transports/docker-reference.ts';

/** More signatures of one image are taken for a server's mistake. */
const maximumSignatures = 128;

/** Stored signatures of a docker image beside its registry, in order. Format: registries.d and `signature-N` files. */
export async function lookasideSignatures(reference: Reference, digest: Digest, directory?: string): Promise<Uint8Array[]> {
  const base = lookasideLocation(dockerPolicyScopes(reference), 'read', directory);
  if (base === undefined) return [];
  const signatures: Uint8Array[] = [];
  for (;;) {
    const url = signatureUrl(base, reference, digest, signatures.length + 1);
    const signature = await read(url);
    if (signature === undefined) return signatures;
    if (signatures.length === maximumSignatures)
      throw new SelkieError(`server provided ${maximumSignatures} signatures, assuming that's unreasonable and a server error`);
    try {
      parseSignature(signature);
    } catch (cause) {
      throw new SelkieError(`parsing signature ${url.pathname}: ${(cause as Error).message}`, { cause });
    }
    signatures.push(signature);
  }
}

function signatureUrl(base: URL, reference: Reference, digest: Digest, index: number): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${reference.path}@${digest.replace(':', '=')}/signature-${index}`;
  return url;
}

async function read(url: URL): Promise<Uint8Array | undefined> {
  if (url.protocol === 'file:') {
    const { readFileSync, statSync } = require('node:fs') as typeof import('node:fs');
    const path = decodeURIComponent(url.pathname);
    try {
      if (statSync(path).size > signatureLimit) throw new SelkieError(`signature ${path} exceeds the limit of ${signatureLimit} bytes`);
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
      throw error;
    }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SelkieError(`Unsupported scheme when reading signature from ${redacted(url)}`);
  const { send } = await import('../registry/http.ts');
  const response = await send(url.href);
  if (response.status === 404) {
    await response.discard();
    return undefined;
  }
  if (response.status !== 200) throw new SelkieError(`reading signature from ${redacted(url)}: status ${response.status}`);
  return response.bytes(signatureLimit);
}

/**
 * Keeps signatures of an image in the lookaside that registries.d names for writing, in place of those that are there; none removes them.
 * @throws SelkieError
 */
export function storeLookasideSignatures(
  reference: Reference,
  digest: Digest,
  signatures: readonly Uint8Array[],
  directory?: string,
): void {
  const base = lookasideLocation(dockerPolicyScopes(reference), 'write', directory)!;
  const first = redacted(signatureUrl(base, reference, digest, 1));
  if (base.protocol === 'http:' || base.protocol === 'https:')
    throw new SelkieError(
      `Writing directly to a ${base.protocol.slice(0, -1)} lookaside ${first} is not supported. Configure a lookaside-staging: location`,
    );
  if (base.protocol !== 'file:') throw new SelkieError(`Unsupported scheme when writing signature to ${first}`);
  const { mkdirSync, rmSync, existsSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
  const { dirname } = require('node:path') as typeof import('node:path');
  const pathOf = (index: number): string => decodeURIComponent(signatureUrl(base, reference, digest, index).pathname);
  signatures.forEach((signature, index) => {
    const path = pathOf(index + 1);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, signature, { mode: 0o644 });
  });
  for (let index = signatures.length + 1; existsSync(pathOf(index)); index++) rmSync(pathOf(index));
}

function redacted(url: URL): string {
  const shown = new URL(url);
  if (shown.password) shown.password = 'xxxxx';
  return shown.href;
}
