import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahSourceAdd extends SelkieCommand {
  static override summary = 'Add a file to a source image';
  static override examples = ['source add layout app.tar.gz'];
  static override flags = {
    annotation: flag.stringArray({ summary: 'Annotation of the source image, as key=value' }),
  };
  static override args: Arguments = { min: 2, max: 2 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
