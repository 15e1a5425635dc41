import { writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import { parseImageName } from '../../../image/image-name.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toCompression, toManifestType } from '../../flags/push-options.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class BuildahPush extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compression-format': flag.string({ summary: '', choices: ['gzip', 'zstd', 'zstd:chunked'] }),
    'compression-level': flag.int({ summary: '' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'disable-compression': flag.bool({ short: 'D', summary: '' }),
    'encrypt-layer': flag.ints({ summary: '' }),
    'encryption-key': flag.strings({ summary: '', complete: 'files' }),
    'force-compression': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ summary: '' }),
    rm: flag.bool({ summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'at least a source image ID must be specified', complete: ['images', 'transports'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahPush);
    if (args.length > 2) throw new SelkieError('only two arguments are necessary to push: source and destination');
    const [source = '', destination = source] = args;
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format);
    using images = openImages(this.globals);
    let digest: string;
    try {
      digest = await images.push(source, destination, {
        ...toCopyOptions(flags, changed),
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
