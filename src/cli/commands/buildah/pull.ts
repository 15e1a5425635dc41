import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions, toPlatform, toPullPolicy } from '../../flags/copy-options.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class BuildahPull extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'all-tags': flag.bool({ short: 'a', summary: '' }),
    arch: flag.string({ defaultText: '"amd64"', valueName: 'ARCH', summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    'decryption-key': flag.strings({ summary: '', complete: 'files' }),
    os: flag.string({ defaultText: '"linux"', valueName: 'OS', summary: '' }),
    platform: flag.strings({ defaultText: '[linux/amd64]', summary: '' }),
    policy: flag.string({ default: 'missing', summary: '', choices: ['always', 'missing', 'never', 'newer'] }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    variant: flag.string({ valueName: 'variant', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'an image name must be specified', complete: ['images'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahPull);
    if (args.length > 1) throw new SelkieError('too many arguments specified');
    const platform = toPlatform({ arch: flags.arch, os: flags.os, variant: flags.variant, platform: flags.platform[0] });
    const onProgress = copyProgress({ quiet: flags.quiet });
    using images = openImages(this.globals);
    const pulled = await images.pull(args[0]!, {
      ...toCopyOptions(flags, changed),
      policy: toPullPolicy(flags.policy),
      allTags: flags['all-tags'],
      ...(platform ? { platform } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    for (const { id } of pulled.slice(0, 1)) this.out(id);
  }
}
