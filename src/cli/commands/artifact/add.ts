import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ArtifactAdd extends SelkieCommand {
  static override summary = '';
  static override usage = 'ARTIFACT PATH [...PATH]';
  static override flags = {
    annotation: flag.stringArray({ valueName: 'annotation', summary: '' }),
    append: flag.bool({ short: 'a', summary: '' }),
    'file-type': flag.string({ summary: '' }),
    replace: flag.bool({ summary: '' }),
    type: flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 2, complete: ['artifacts', 'files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
