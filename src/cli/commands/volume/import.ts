import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class VolumeImport extends SelkieCommand {
  static override summary = 'Unpack a tar archive into a volume';
  static override examples = ['volume import data data.tar', 'gunzip -c data.tgz | podman volume import data -'];
  static override usage = 'VOLUME [SOURCE]';
  static override args: Arguments = { min: 2, max: 2, complete: ['volumes', 'files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
