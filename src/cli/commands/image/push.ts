import { loadContainersConf } from '../../../config/containers-conf.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { writeDigestFile } from '../../digest-file.ts';
import { openImages } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toEncryption } from '../../flags/encryption.ts';
import { toCompression, toManifestType } from '../../flags/push-options.ts';
import { retries } from '../../flags/retries.ts';
import { selection } from '../../flags/selection.ts';
import { signing, toSigners } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ImagePush extends SelkieCommand {
  static override summary = 'Send an image to a registry or another place';
  static override examples = ['push app quay.io/me/app:1', 'push app oci-archive:app.tar'];
  static override usage = 'IMAGE [DESTINATION]';
  static override flags = {
    ...pick(selection, 'authfile', 'disable-content-trust', 'signature-policy'),
    ...retries('push'),
    ...signing,
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    compress: flag.bool({ summary: 'Compress layers for the directory that is written (default is same compression type as source)' }),
    'compression-format': flag.string({
      default: 'gzip',
      summary: 'Compression of the layers: gzip, zstd or zstd:chunked',
      choices: ['gzip', 'zstd', 'zstd:chunked'],
    }),
    'compression-level': flag.int({ summary: "How hard to compress, in the format's own scale" }),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    'encrypt-layer': flag.ints({ summary: 'Which layers to encrypt, by index; negative ones count from the end' }),
    'encryption-key': flag.stringArray({ summary: 'Key to encrypt for: PROTOCOL:KEYFILE', complete: 'files' }),
    'force-compression': flag.bool({ summary: 'Change layers that are compressed otherwise too' }),
    format: flag.string({
      short: 'f',
      summary: 'Type of the manifest: oci, v2s1 or v2s2 (default is manifest type of source, with fallbacks)',
    }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images', 'imagesAndFiles'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImagePush);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const encryption = await toEncryption(flags['encryption-key'], flags['encrypt-layer']);
    const manifestType = toManifestType(flags.format);
    const options = {
      ...toCopyOptions(flags, changed),
      signers: await toSigners(flags),
      ...(encryption ? { encryption } : {}),
      ...toCompression(flags, changed, loadContainersConf().engine),
      ...(manifestType ? { manifestType } : {}),
      ...(flags.compress ? { compressLayers: true } : {}),
      ...(onProgress ? { onProgress } : {}),
    };
    using images = openImages(this.globals);
    const digest = await images.push(args[0]!, args.at(-1), options);
    if (flags.digestfile) writeDigestFile(flags.digestfile, digest);
  }
}
