import { writeFileSync } from 'node:fs';
import { pushList } from '../../../../image/list-push.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';
import { toCompression, toManifestType } from '../../../flags/push-options.ts';
import { copyProgress } from '../../../output/copy-progress.ts';

export default class BuildahManifestPush extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'add-compression': flag.stringArray({ summary: '' }),
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
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ summary: '' }),
    rm: flag.bool({ aliases: ['purge'], summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahManifestPush);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format, "'oci' or 'v2s2'");
    using images = openImages(this.globals);
    const { id } = images.lookup(args[0]!, { onlyManifestList: true });
    const digest = await pushList(images, args[0]!, args[1] ?? args[0]!, {
      ...toCopyOptions(flags, changed),
      ...toCompression(flags, changed),
      all: flags.all,
      ...(manifestType ? { manifestType } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (flags.digestfile) writeFileSync(flags.digestfile, digest);
    if (flags.rm) await images.remove([id], { manifestList: true });
  }
}
