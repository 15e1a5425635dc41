import { writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import { pushList } from '../../../image/list-push.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toCompression, toManifestType } from '../../flags/push-options.ts';
import { signing } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ManifestPush extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST DESTINATION';
  static override flags = {
    ...signing,
    'add-compression': flag.strings({ summary: '' }),
    all: flag.bool({ default: true, summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compression-format': flag.string({ summary: '', choices: ['gzip', 'zstd', 'zstd:chunked'] }),
    'compression-level': flag.int({ summary: '' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'force-compression': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    purge: flag.bool({ hidden: true, summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    rm: flag.bool({ summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['manifests', 'transports'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ManifestPush);
    const list = args[0]!;
    const destination = args.at(-1)!;
    if (list === '') throw new SelkieError('invalid image name ""');
    if (destination === '') throw new SelkieError('invalid destination ""');
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format, "'oci' or 'v2s2'");
    using images = openImages(this.globals);
    const id = this.#find(images, list);
    const digest = await pushList(images, list, destination, {
      ...toCopyOptions(flags, changed),
      ...toCompression(flags, changed),
      all: flags.all,
      ...(manifestType ? { manifestType } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (flags.rm || flags.purge) {
      const { errors } = await images.remove([id], { manifestList: true });
      if (errors[0]) throw new SelkieError(`removing manifest after push: ${errors[0].message}`, { cause: errors[0] });
    }
    if (flags.digestfile) writeFileSync(flags.digestfile, digest);
  }

  #find(images: ImageEngine, list: string): string {
    try {
      return images.lookup(list, { onlyManifestList: true }).id;
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      throw new SelkieError(`retrieving local image from image name ${list}: ${error.message}`, { cause: error });
    }
  }
}
