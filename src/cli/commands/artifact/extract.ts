import { extractArtifact } from '../../../artifact/extract.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ArtifactExtract extends SelkieCommand {
  static override summary = 'Copy the files of an artifact to a path';
  static override description = 'Without --digest or --title every file is copied, into a directory that has to exist.';
  static override examples = ['artifact extract quay.io/me/model:1 ./models'];
  static override usage = 'ARTIFACT PATH';
  static override flags = {
    digest: flag.string({ summary: 'Only the file with this digest' }),
    title: flag.string({ summary: 'Only the file with this title' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['artifacts', 'directories'] };

  override run(): void {
    const { flags, args } = this.parse(ArtifactExtract);
    using artifacts = openArtifacts(this.globals);
    extractArtifact(artifacts, args[0]!, args[1]!, flags);
  }
}
