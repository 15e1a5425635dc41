import { addArtifact } from '../../../artifact/add.ts';
import { SelkieError } from '../../../errors.ts';
import { digestHex } from '../../../image/digest.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toAnnotations } from '../../flags/annotations.ts';

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

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ArtifactAdd);
    if (flags.append && flags.replace) throw new SelkieError('--append and --replace options cannot be used together');
    const [name, ...files] = args;
    const annotations = toAnnotations(flags.annotation);
    using artifacts = openArtifacts(this.globals);
    const { append, replace, type, 'file-type': fileType } = flags;
    this.out(digestHex(await addArtifact(artifacts, name!, files, { append, replace, type, fileType, annotations })));
  }
}
