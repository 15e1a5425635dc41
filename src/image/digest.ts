import { DigestMismatch, InvalidDigest } from './errors.ts';

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';
/** A checked digest, `algorithm:hex`; made only by {@link parseDigest} and the functions that hash. */
export type Digest = `${DigestAlgorithm}:${string}`;

const pattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && pattern.test(text);
}

/** @throws InvalidDigest */
export function parseDigest(text: unknown): Digest {
  if (!isDigest(text)) throw new InvalidDigest(String(text));
  return text;
}

/** The hex part, safe as a file name. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${new Bun.CryptoHasher(algorithm).update(bytes).digest('hex')}`;
}

/** Collects a digest over chunks. */
export class Digester {
  readonly #hasher: Bun.CryptoHasher;
  bytes = 0;

  constructor(readonly algorithm: DigestAlgorithm = 'sha256') {
    this.#hasher = new Bun.CryptoHasher(algorithm);
  }

  update(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#hasher.update(chunk);
  }

  digest(): Digest {
    return `${this.algorithm}:${this.#hasher.digest('hex')}`;
  }
}

/** Passes a stream on and throws at its end when it is not what `digest` (and `size`, where not negative) promised. @throws DigestMismatch */
export async function* verifyDigest(source: AsyncIterable<Uint8Array>, digest: Digest, size = -1): AsyncGenerator<Uint8Array> {
  const digester = new Digester(digestAlgorithm(digest));
  for await (const chunk of source) {
    digester.update(chunk);
    if (size >= 0 && digester.bytes > size) throw new DigestMismatch(digest, `more than ${size} bytes`);
    yield chunk;
  }
  const actual = digester.digest();
  if (actual !== digest) throw new DigestMismatch(digest, actual);
}
