import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a volume';
  static override examples = ['volume exists data'];
  static override usage = 'VOLUME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
