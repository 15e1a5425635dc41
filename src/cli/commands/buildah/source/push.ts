import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

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

  override run(): void {
    throw new NotYet(this.path);
  }
}
