import { type Digest, isDigest } from '../digest.ts';
import { goJson } from '../go-json.ts';
import { anyObject, exactObject, parseStrictJson, StrictJsonError, textOf } from '../strict-json.ts';
import { InvalidSignature } from './errors.ts';

export type PayloadType = 'atomic container signature' | 'cosign container image signature';

/** What a signature says: this manifest is the image of this name. */
export interface Payload {
  readonly digest: Digest;
  readonly reference: string;
}

/** The document to sign. Format: containers-signature(5), and the payload of cosign's SIGNATURE_SPEC. */
export function makePayload(type: PayloadType, { digest, reference }: Payload): Uint8Array {
  const critical = { identity: { 'docker-reference': reference }, image: { 'docker-manifest-digest': digest }, type };
  const creator = 'selkie';
  return Buffer.from(goJson({ critical, optional: { creator, timestamp: Math.floor(Date.now() / 1000) } }));
}

/** Reads a document whose signature has been verified, down to its keys: none may be missing, double or unknown. @throws InvalidSignature */
export function parsePayload(type: PayloadType, bytes: Uint8Array): Payload {
  try {
    const { critical, optional } = exactObject(parseStrictJson(new TextDecoder().decode(bytes)), ['critical', 'optional']);
    // cosign writes null where there is nothing.
    if (!(type.startsWith('cosign') && optional === null)) checkOptional(anyObject(optional));
    const { type: actual, image, identity } = exactObject(critical, ['type', 'image', 'identity']);
    if (actual !== type) throw new InvalidSignature(`Unrecognized signature type ${String(actual)}`);
    const digest = exactObject(image, ['docker-manifest-digest'])['docker-manifest-digest'];
    if (!isDigest(digest)) throw new InvalidSignature(`invalid docker-manifest-digest value ${JSON.stringify(digest)}`);
    const reference = textOf(exactObject(identity, ['docker-reference'])['docker-reference'], 'docker-reference');
    return { digest, reference };
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause;
    throw new InvalidSignature(cause.message, { cause });
  }
}

function checkOptional({ creator, timestamp }: Record<string, unknown>): void {
  if (creator !== undefined) textOf(creator, 'optional.creator');
  if (timestamp !== undefined && !Number.isInteger(timestamp)) throw new InvalidSignature('Field optional.timestamp is not an integer');
}
