import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ManifestAnnotate extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST IMAGEORARTIFACT';
  static override flags = {
    annotation: flag.stringArray({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'architecture', summary: '' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    index: flag.bool({ summary: '' }),
    os: flag.string({ valueName: 'OS', summary: '' }),
    'os-features': flag.strings({ valueName: 'features', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    subject: flag.string({ valueName: 'subject', summary: '' }),
    variant: flag.string({ valueName: 'Variant', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['manifests', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
