import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeMount extends SelkieCommand {
  static override summary = 'Mount a volume and print where';
  static override examples = ['volume mount data'];
  static override usage = 'NAME';
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };
  static override parentNamespace = true;

  override run(): void {
    throw new NotYet(this.path);
  }
}
