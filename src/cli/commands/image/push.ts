import { writeFileSync } from 'node:fs';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toCompression, toManifestType } from '../../flags/push-options.ts';
import { selection } from '../../flags/selection.ts';
import { signing } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ImagePush extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [DESTINATION]';
  static override flags = {
    ...pick(selection, 'authfile', 'disable-content-trust', 'retry', 'retry-delay', 'signature-policy'),
    ...signing,
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    compress: flag.bool({ summary: '' }),
    'compression-format': flag.string({ default: 'gzip', summary: '', choices: ['gzip', 'zstd', 'zstd:chunked'] }),
    'compression-level': flag.int({ summary: '' }),
    creds: flag.string({ valueName: 'Credentials', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'encrypt-layer': flag.ints({ summary: '' }),
    'encryption-key': flag.stringArray({ summary: '', complete: 'files' }),
    'force-compression': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images', 'imagesAndFiles'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImagePush);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format);
    const options = {
      ...toCopyOptions(flags, changed),
      ...toCompression(flags, changed),
      ...(manifestType ? { manifestType } : {}),
      ...(flags.compress ? { compressLayers: true } : {}),
      ...(onProgress ? { onProgress } : {}),
    };
    using images = openImages(this.globals);
    const digest = await images.push(args[0]!, args.at(-1), options);
    if (flags.digestfile) writeFileSync(flags.digestfile, digest);
  }
}
