import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ArtifactAdd extends SelkieCommand {
  static override summary = 'Put files into an artifact of the store';
  static override description = 'Files become the layers of an OCI artifact, each with its name as title and its type as media type.';
  static override examples = ['artifact add quay.io/me/model:1 weights.gguf', 'artifact add --append quay.io/me/model:1 README.md'];
  static override usage = 'ARTIFACT PATH [...PATH]';
  static override flags = {
    annotation: flag.stringArray({ valueName: 'annotation', summary: 'Annotation of the files, as key=value' }),
    append: flag.bool({ short: 'a', summary: 'Add the files to an artifact that is there already' }),
    'file-type': flag.string({ summary: 'Media type of the files' }),
    replace: flag.bool({ summary: 'Take the place of an artifact of that name' }),
    type: flag.string({ summary: 'Type of the artifact' }),
  };
  static override args: Arguments = { min: 2, complete: ['artifacts', 'files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
