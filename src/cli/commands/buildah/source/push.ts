import { writeFileSync } from 'node:fs';
import { pushSourceImage } from '../../../../image/source-image.ts';
import { transportOptions } from '../../../../image/store-copy.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';

export default class BuildahSourcePush extends SelkieCommand {
  static override summary = 'Send a source image to a registry';
  static override examples = ['source push layout quay.io/me/app:1-source'];
  static override flags = {
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 2, max: 2 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahSourcePush);
    const digest = await pushSourceImage(args[0]!, args[1]!, transportOptions(toCopyOptions(flags, changed)));
    if (flags.digestfile) writeFileSync(flags.digestfile, digest, { mode: 0o644 });
  }
}
