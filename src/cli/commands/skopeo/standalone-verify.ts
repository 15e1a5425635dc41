import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SkopeoStandaloneVerify extends SelkieCommand {
  static override summary = 'Verify a signature from local files';
  static override examples = [
    'standalone-verify manifest.json registry.example.com/app:1 1D8230F6CDB6A06716E414C1DB72F2188BB46CC8 app.signature',
  ];
  static override usage = 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINTS SIGNATURE';
  static override flags = {
    'public-key-file': flag.string({ summary: 'File with the public keys' }),
  };
  static override args: Arguments = {
    min: 4,
    max: 4,
    tooFew: 'Usage: skopeo standalone-verify manifest docker-reference key-fingerprint signature',
    tooMany: 'Usage: skopeo standalone-verify manifest docker-reference key-fingerprint signature',
    complete: ['files'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
