import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ManifestInspect extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE';
  static override flags = {
    authfile: flag.string({ summary: '', complete: 'files' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    verbose: flag.bool({ short: 'v', hidden: true, summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['manifests'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
