import { pullSourceImage } from '../../../../image/source-image.ts';
import { transportOptions } from '../../../../image/store-copy.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';

export default class BuildahSourcePull extends SelkieCommand {
  static override summary = 'Fetch a source image from a registry';
  static override examples = ['source pull quay.io/me/app:1-source layout'];
  static override flags = {
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 2, max: 2 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahSourcePull);
    await pullSourceImage(args[0]!, args[1]!, transportOptions(toCopyOptions(flags, changed)));
  }
}
