import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SkopeoGenerateSigstoreKey extends SelkieCommand {
  static override summary = 'Make a pair of keys to sign images with';
  static override examples = ['generate-sigstore-key --output-prefix mykey'];
  static override usage = '--output-prefix PREFIX';
  static override flags = {
    'output-prefix': flag.string({ valueName: 'PREFIX', summary: 'Write PREFIX.key and PREFIX.pub' }),
    'passphrase-file': flag.string({ valueName: 'PATH', summary: 'File with the passphrase of the key', complete: 'files' }),
  };
  static override args: Arguments = { max: 0, tooMany: 'Usage: generate-sigstore-key --output-prefix PREFIX' };

  override run(): void {
    throw new NotYet(this.path);
  }
}
