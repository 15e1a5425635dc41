import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class ManifestRemove extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST DIGEST';
  static override args: Arguments = { min: 2, max: 2, complete: ['manifests', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
