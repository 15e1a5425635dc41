import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { chooser } from '../../choose.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions, toPlatform, toPullPolicy } from '../../flags/copy-options.ts';
import { toDecryption } from '../../flags/encryption.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class BuildahPull extends SelkieCommand {
  static override summary = 'Fetch an image from a registry or another place';
  static override examples = ['pull fedora'];
  static override flags = {
    'all-tags': flag.bool({ short: 'a', summary: 'Every tag of the repository' }),
    arch: flag.string({
      defaultText: '"amd64"',
      valueName: 'ARCH',
      summary: 'Choose images for this architecture, not that of the machine',
    }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    'decryption-key': flag.strings({ summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
    os: flag.string({ defaultText: '"linux"', valueName: 'OS', summary: 'Choose images for this operating system, not the running one' }),
    platform: flag.strings({ defaultText: '[linux/amd64]', summary: 'Choose images for this platform: OS/ARCH[/VARIANT]' }),
    policy: flag.string({
      default: 'missing',
      summary: 'When to pull: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ summary: 'How long to wait before trying again' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ valueName: 'variant', summary: 'Choose images for this variant of the architecture' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'an image name must be specified', complete: ['images'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahPull);
    refuseLateFlags(args);
    if (args.length > 1) throw new SelkieError('too many arguments specified');
    const platform = toPlatform({ arch: flags.arch, os: flags.os, variant: flags.variant, platform: flags.platform[0] });
    const decryption = await toDecryption(flags['decryption-key']);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const choose = chooser('Please select an image');
    using images = openImages(this.globals);
    const pulled = await images.pull(args[0]!, {
      ...toCopyOptions(flags, changed),
      ...(decryption ? { decryption } : {}),
      policy: toPullPolicy(flags.policy),
      allTags: flags['all-tags'],
      ...(platform ? { platform } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(choose ? { chooseShortName: choose } : {}),
    });
    for (const { id } of pulled.slice(0, 1)) this.out(id);
  }
}
