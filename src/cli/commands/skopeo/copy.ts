import { warn } from '../../../diagnostics.ts';
import { SelkieError } from '../../../errors.ts';
import { BlobInfoCache } from '../../../image/blob-info-cache.ts';
import { type CompressionFormat, type CopyResult, copyImage } from '../../../image/copy.ts';
import { parseImageName } from '../../../image/image-name.ts';
import { normalizeReference, parseCanonicalReference, type Reference } from '../../../image/reference.ts';
import { withRetries } from '../../../image/retry.ts';
import type { ImageReference } from '../../../image/transport.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { writeDigestFile } from '../../digest-file.ts';
import { flag, omit, pick } from '../../flag.ts';
import { toDecryption, toEncryption } from '../../flags/encryption.ts';
import { toFormat } from '../../flags/push-options.ts';
import { signing, skopeoSigning, toSigners } from '../../flags/signing.ts';
import { deprecatedTlsVerify, endpoint, endpoints } from '../../flags/skopeo.ts';
import { toEndpoint, toManifestType, toPolicy, toRetries, warnOfDeprecated } from '../../flags/skopeo-endpoint.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class SkopeoCopy extends SelkieCommand {
  static override summary = 'Copy an image from one place to another';
  static override description =
    'Places are written as TRANSPORT:DETAILS: docker://, oci:, oci-archive:, dir:, docker-archive:, docker-daemon:, containers-storage:.';
  static override examples = ['copy docker://alpine oci:alpine:latest', 'copy --all docker://alpine docker://registry.example.com/alpine'];
  static override usage = 'SOURCE-IMAGE DESTINATION-IMAGE';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
    ...deprecatedTlsVerify,
    ...pick(endpoint, 'authfile', 'retry-delay', 'retry-times'),
    'additional-tag': flag.strings({ summary: 'Another name for the image that is written' }),
    all: flag.bool({ short: 'a', summary: 'Every image of a list' }),
    'decryption-key': flag.strings({ summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
    'dest-compress': flag.bool({ summary: 'Compress layers that are not (dir: only; default is same compression type as source)' }),
    'dest-compress-format': flag.string({ valueName: 'FORMAT', summary: 'Compression of the layers at the destination' }),
    'dest-compress-level': flag.int({ valueName: 'LEVEL', summary: "How hard to compress, in the format's own scale" }),
    'dest-daemon-host': flag.string({ valueName: 'HOST', summary: "Address of docker's daemon at the destination" }),
    'dest-decompress': flag.bool({ summary: 'Write layers without compression (dir: only; default is same compression type as source)' }),
    'dest-force-compress-format': flag.bool({ summary: 'Change layers that are compressed otherwise too' }),
    'dest-oci-accept-uncompressed-layers': flag.bool({
      summary: "Leave layers uncompressed that are so (oci: only; default is to compress things that aren't compressed)",
    }),
    'dest-precompute-digests': flag.bool({ summary: "Know each layer's digest before sending it, so that one that is there is not sent" }),
    'dest-shared-blob-dir': flag.string({
      valueName: 'DIRECTORY',
      summary: 'Directory in which OCI layouts share blobs, for the destination',
    }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    'encrypt-layer': flag.ints({ summary: 'Which layers to encrypt, by index; negative ones count from the end' }),
    'encryption-key': flag.strings({ summary: 'Key to encrypt for: PROTOCOL:KEYFILE', complete: 'files' }),
    format: flag.string({ short: 'f', summary: 'Type of the manifest: oci, v2s1 or v2s2' }),
    'image-parallel-copies': flag.uint({ summary: 'How many layers are copied at once; 0 for what seems best' }),
    'multi-arch': flag.string({ summary: 'Which images of a list: system, all or index-only' }),
    'preserve-digests': flag.bool({ summary: 'Fail when the image would have to be changed' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    'sign-identity': flag.string({ summary: 'Which name the signature is about' }),
    'src-daemon-host': flag.string({ valueName: 'HOST', summary: "Address of docker's daemon at the source" }),
    'src-shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: 'Directory in which OCI layouts share blobs, for the source' }),
  };
  static override args: Arguments = {
    min: 2,
    max: 2,
    tooFew: 'Exactly two arguments expected',
    tooMany: 'Exactly two arguments expected',
    helpFirst: true,
    complete: ['transports'],
  };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(SkopeoCopy);
    if (args.length !== 2) throw new SelkieError('Exactly two arguments expected');
    warnOfDeprecated(flags);
    if (flags.all && flags['multi-arch']) throw new SelkieError('Cannot use --all and --multi-arch flags together');
    const [from, to] = [parseName('source', args[0]!), parseName('destination', args[1]!)];
    warnOfIneffective(to.transport, flags);
    if (flags['encryption-key']?.length && flags['decryption-key']?.length)
      throw new SelkieError('--encryption-key and --decryption-key cannot be specified together');
    const encryption = await toEncryption(flags['encryption-key'], flags['encrypt-layer'], 'Invalid encryption keys');
    const decryption = await toDecryption(flags['decryption-key'], 'Invalid decryption keys');
    const signIdentity = flags['sign-identity'] ? parseIdentity(flags['sign-identity']) : undefined;
    const signers = await toSigners(flags, skopeoSigning);
    const onProgress = copyProgress({ quiet: flags.quiet, stdout: true });
    const format = flags['dest-compress-format'];
    const copy = (): Promise<CopyResult> =>
      copyImage(from, to, {
        source: toEndpoint(flags, 'src-', this.globals),
        destination: {
          ...toEndpoint(flags, 'dest-', this.globals),
          ...(flags['dest-compress'] ? { compressLayers: true } : {}),
          ...(flags['dest-decompress'] ? { decompressLayers: true } : {}),
          ...(flags['dest-oci-accept-uncompressed-layers'] ? { acceptUncompressedLayers: true } : {}),
          ...(flags['additional-tag']?.length ? { additionalTags: flags['additional-tag'].map(additionalTag) } : {}),
        },
        policy: toPolicy(this.globals),
        instances: flags.all ? 'all' : toInstances(flags['multi-arch']),
        manifestType: toManifestType(flags.format),
        ...(format ? { compressionFormat: toCompression(format), forceCompression: true } : {}),
        ...(changed('dest-compress-level') ? { compressionLevel: flags['dest-compress-level'] } : {}),
        ...(flags['dest-force-compress-format'] ? { forceCompression: true } : {}),
        preserveDigests: flags['preserve-digests'],
        removeSignatures: flags['remove-signatures'],
        signers,
        ...(signIdentity ? { signIdentity } : {}),
        ...(encryption ? { encryption } : {}),
        ...(decryption ? { decryption } : {}),
        blobInfo: new BlobInfoCache(),
        ...(flags['image-parallel-copies'] ? { parallel: flags['image-parallel-copies'] } : {}),
        ...(onProgress ? { onProgress } : {}),
      });
    const { digest } = await withRetries(copy, toRetries(flags));
    if (flags.digestfile) writeDigestFile(flags.digestfile, digest, `Failed to write digest to file ${JSON.stringify(flags.digestfile)}: `);
  }
}

function parseIdentity(text: string): Reference {
  try {
    return parseCanonicalReference(text);
  } catch (cause) {
    throw new SelkieError(`Could not parse --sign-identity: ${(cause as Error).message}`, { cause });
  }
}

function parseName(which: string, text: string): ImageReference {
  try {
    return parseImageName(text);
  } catch (cause) {
    throw new SelkieError(`Invalid ${which} name ${text}: ${(cause as Error).message}`, { cause });
  }
}

function toInstances(text: string | undefined): 'system' | 'all' | 'index-only' {
  switch (text ?? '') {
    case '':
    case 'system':
      return 'system';
    case 'all':
    case 'index-only':
      return text as 'all' | 'index-only';
    default:
      throw new SelkieError(
        `unknown multi-arch option ${JSON.stringify(text)}. Choose one of the supported options: 'system', 'all', or 'index-only'`,
      );
  }
}

function toCompression(text: string): CompressionFormat {
  if (text === 'bzip2' || text === 'xz') throw new SelkieError(`compression using ${text} required but layers compressed so are only read`);
  return toFormat(text);
}

function additionalTag(text: string): Reference {
  try {
    return normalizeReference(text);
  } catch (cause) {
    throw new SelkieError(`error parsing additional-tag '${text}': ${(cause as Error).message}`, { cause });
  }
}

/** Flags that only a directory heeds. */
function warnOfIneffective(transport: string, flags: { 'dest-compress'?: boolean; 'dest-decompress'?: boolean }): void {
  for (const name of ['dest-compress', 'dest-decompress'] as const)
    if (flags[name] && transport !== 'dir') warn(`--${name} can only be used if the destination transport is 'dir'`);
}
