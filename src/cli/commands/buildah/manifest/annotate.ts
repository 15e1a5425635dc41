import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahManifestAnnotate extends SelkieCommand {
  static override summary = '';
  static override flags = {
    annotation: flag.strings({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'Architecture', summary: '' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    index: flag.bool({ summary: '' }),
    os: flag.string({ valueName: 'OS', summary: '' }),
    'os-features': flag.strings({ valueName: 'features', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    subject: flag.string({ summary: '' }),
    variant: flag.string({ valueName: 'Variant', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
