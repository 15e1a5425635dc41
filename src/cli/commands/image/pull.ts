import type { Arguments } from '../../arity.ts';
import { chooser } from '../../choose.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions, toPlatform, toPullPolicy } from '../../flags/copy-options.ts';
import { toDecryption } from '../../flags/encryption.ts';
import { selection } from '../../flags/selection.ts';
import { copyProgress } from '../../output/copy-progress.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class ImagePull extends SelkieCommand {
  static override summary = 'Fetch images from a registry or another place';
  static override description = 'A name without a registry is looked up in registries.conf.';
  static override examples = ['pull fedora', 'pull --platform linux/arm64 alpine', 'pull oci-archive:app.tar'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    ...pick(
      selection,
      'arch',
      'authfile',
      'cert-dir',
      'decryption-key',
      'disable-content-trust',
      'os',
      'platform',
      'retry',
      'retry-delay',
      'signature-policy',
    ),
    'all-tags': flag.bool({ short: 'a', summary: 'Every tag of the repository' }),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    policy: flag.string({
      default: 'always',
      summary: 'When to pull: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ summary: 'Choose images for this variant of the architecture' }),
  };
  static override args: Arguments = { min: 1, complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImagePull);
    const platform = toPlatform(flags);
    const decryption = await toDecryption(flags['decryption-key']);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const choose = chooser('Please select an image');
    const options = {
      ...toCopyOptions(flags, changed),
      ...(decryption ? { decryption } : {}),
      policy: toPullPolicy(flags.policy),
      allTags: flags['all-tags'],
      ...(platform ? { platform } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(choose ? { chooseShortName: choose } : {}),
    };
    using images = openImages(this.globals);
    const errors: Error[] = [];
    for (const name of args) {
      try {
        for (const image of await images.pull(name, options)) this.out(image.id);
      } catch (error) {
        errors.push(error as Error);
      }
    }
    throwLast(errors);
  }
}
