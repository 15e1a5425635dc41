import { readFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import { manifestDigest } from '../../../image/manifest.ts';
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
    const { args } = this.parse(SkopeoManifestDigest);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(args[0]!);
    } catch (cause) {
      throw new SelkieError(`Error reading manifest from ${args[0]}: open ${args[0]}: no such file or directory`, { cause });
    }
    this.out(manifestDigest(bytes));
  }
}
