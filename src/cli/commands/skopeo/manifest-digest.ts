import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class SkopeoManifestDigest extends SelkieCommand {
  static override summary = 'Print the digest of a manifest';
  static override examples = ['manifest-digest manifest.json'];
  static override usage = 'MANIFEST-FILE';
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Usage: skopeo manifest-digest manifest',
    tooMany: 'Usage: skopeo manifest-digest manifest',
    complete: ['files'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
