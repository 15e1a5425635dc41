import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahManifestInspect extends SelkieCommand {
  static override summary = '';
  static override flags = {
    authfile: flag.string({ summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
