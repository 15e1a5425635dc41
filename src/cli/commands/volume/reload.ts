import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeReload extends SelkieCommand {
  static override summary = 'Look for volumes that drivers have made or removed';
  static override examples = ['volume reload'];
  static override args: Arguments = { max: 0 };

  /** Volume plugins would be asked for their volumes here; without plugins there is nothing to take in. */
  override run(): void {
    this.parse(VolumeReload);
  }
}
