import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { signing } from '../../flags/signing.ts';
import { endpoint, endpoints } from '../../flags/skopeo.ts';

export default class SkopeoCopy extends SelkieCommand {
  static override summary = 'Copy an image from one place to another';
  static override description =
    'Places are written as TRANSPORT:DETAILS: docker://, oci:, oci-archive:, dir:, docker-archive:, docker-daemon:, containers-storage:.';
  static override examples = ['copy docker://alpine oci:alpine:latest', 'copy --all docker://alpine docker://registry.example.com/alpine'];
  static override usage = 'SOURCE-IMAGE DESTINATION-IMAGE';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
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
  static override args: Arguments = { complete: ['transports'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
