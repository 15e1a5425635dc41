import { writeFileSync } from 'node:fs';
import { refuseDeniedRegistry } from '../../../config/registry-sources.ts';
import { SelkieError } from '../../../errors.ts';
import { parseImageName } from '../../../image/image-name.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toEncryption } from '../../flags/encryption.ts';
import { toCompression, toManifestType } from '../../flags/push-options.ts';
import { toSigners } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class BuildahPush extends SelkieCommand {
  static override summary = 'Send an image to a registry or another place';
  static override examples = ['push app docker://quay.io/me/app'];
  static override flags = {
    all: flag.bool({ summary: 'Push every image of a list too' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    'compression-format': flag.string({
      summary: 'Compression of the layers: gzip, zstd or zstd:chunked',
      choices: ['gzip', 'zstd', 'zstd:chunked'],
    }),
    'compression-level': flag.int({ summary: "How hard to compress, in the format's own scale" }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    'disable-compression': flag.bool({ short: 'D', summary: 'Leave layers uncompressed' }),
    'encrypt-layer': flag.ints({ summary: 'Which layers to encrypt, by index; negative ones count from the end' }),
    'encryption-key': flag.strings({ summary: 'Key to encrypt for: PROTOCOL:KEYFILE', complete: 'files' }),
    'force-compression': flag.bool({ summary: 'Change layers that are compressed otherwise too' }),
    format: flag.string({
      short: 'f',
      summary: 'Type of the manifest: oci, v2s1 or v2s2 (default is manifest type of source, with fallbacks)',
    }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ summary: 'How long to wait before trying again' }),
    rm: flag.bool({ summary: 'Remove it afterwards' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'at least a source image ID must be specified', complete: ['images', 'transports'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahPush);
    refuseLateFlags(args);
    if (args.length > 2) throw new SelkieError('only two arguments are necessary to push: source and destination');
    const [source = '', destination = source] = args;
    const onProgress = copyProgress({ quiet: flags.quiet });
    const encryption = await toEncryption(flags['encryption-key'], flags['encrypt-layer']);
    const manifestType = toManifestType(flags.format);
    using images = openImages(this.globals);
    let digest: string;
    try {
      refuseDeniedRegistry('', destination);
      digest = await images.push(source, destination, {
        ...toCopyOptions(flags, changed),
        signers: await toSigners(flags),
        ...(encryption ? { encryption } : {}),
        ...toCompression(flags, changed),
        ...(manifestType ? { manifestType } : {}),
        ...(onProgress ? { onProgress } : {}),
      });
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      const place = /^[a-z-]+:/.test(destination) && isPlace(destination) ? destination : `docker://${destination}`;
      throw new SelkieError(`pushing image ${JSON.stringify(source)} to ${JSON.stringify(place)}: ${error.message}`, { cause: error });
    }
    if (flags.digestfile) writeFileSync(flags.digestfile, digest);
    if (flags.rm) await images.remove([source]);
  }
}

function isPlace(text: string): boolean {
  try {
    parseImageName(text);
    return true;
  } catch {
    return false;
  }
}
