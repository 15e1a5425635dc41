import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SkopeoStandaloneSign extends SelkieCommand {
  static override summary = 'Write a signature from local files';
  static override examples = ['standalone-sign manifest.json registry.example.com/app:1 me@example.com -o app.signature'];
  static override usage = 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINT --output|-o SIGNATURE';
  static override flags = {
    output: flag.string({ short: 'o', valueName: 'SIGNATURE', summary: 'Write to this file', complete: 'files' }),
    'passphrase-file': flag.string({ summary: 'File with the passphrase of the key', complete: 'files' }),
  };
  static override args: Arguments = {
    min: 3,
    max: 3,
    tooFew: 'Usage: skopeo standalone-sign manifest docker-reference key-fingerprint -o signature',
    tooMany: 'Usage: skopeo standalone-sign manifest docker-reference key-fingerprint -o signature',
    complete: ['files'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
