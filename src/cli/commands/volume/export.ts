import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeExport extends SelkieCommand {
  static override summary = 'Write the content of a volume as a tar archive';
  static override examples = ['volume export data -o data.tar'];
  static override usage = 'VOLUME';
  static override flags = {
    output: flag.string({ short: 'o', summary: 'Write to this file', complete: 'files' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
