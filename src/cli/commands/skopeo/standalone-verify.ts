import { readFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import { manifestDigest } from '../../../image/manifest.ts';
import { formatReference, parseReference } from '../../../image/reference.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

const usage = 'Usage: skopeo standalone-verify manifest docker-reference key-fingerprint signature';

export default class SkopeoStandaloneVerify extends SelkieCommand {
  static override summary = 'Verify a signature from local files';
  static override description = 'KEY-FINGERPRINTS are separated by commas, or are "any" for all keys of the file with public keys.';
  static override examples = [
    'standalone-verify manifest.json registry.example.com/app:1 1D8230F6CDB6A06716E414C1DB72F2188BB46CC8 app.signature',
  ];
  static override usage = 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINTS SIGNATURE';
  static override flags = {
    'public-key-file': flag.string({ summary: 'File with the public keys' }),
  };
  static override args: Arguments = { min: 4, max: 4, tooFew: usage, tooMany: usage, complete: ['files'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoStandaloneVerify);
    const [manifestPath, name, fingerprints, signaturePath] = args as [string, string, string, string];
    const keyFile = flags['public-key-file'];
    if (!keyFile && fingerprints === 'any') throw new SelkieError('Cannot use any fingerprint without a public key file');
    const manifest = readFile('manifest', manifestPath);
    const signature = readFile('signature', signaturePath);
    const { Gpg } = await import('../../../image/gpg.ts');
    const { verifyMessage } = await import('../../../image/signature/simple-signing.ts');
    using gpg = keyFile ? Gpg.withKeys([readFile('public keys', keyFile)]) : Gpg.ofUser();
    try {
      const expected = formatReference(parseReference(name));
      const said = verifyMessage(gpg, signature, fingerprints === 'any' ? gpg.fingerprints() : fingerprints.split(','));
      if (said.digest !== manifestDigest(manifest))
        throw new SelkieError(`Signature for docker digest ${JSON.stringify(said.digest)} does not match`);
      if (nameOf(said.reference) !== expected)
        throw new SelkieError(`Docker reference ${JSON.stringify(said.reference)} does not match ${JSON.stringify(name)}`);
      this.out(`Signature verified using fingerprint ${said.fingerprint}, digest ${said.digest}`);
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      throw new SelkieError(`Error verifying signature: ${cause.message}`, { cause });
    }
  }
}

function nameOf(signed: string): string {
  try {
    return formatReference(parseReference(signed));
  } catch (cause) {
    throw new SelkieError(`Invalid docker reference ${JSON.stringify(signed)} in signature`, { cause });
  }
}

function readFile(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SelkieError(`Error reading ${what} from ${path}: open ${path}: no such file or directory`, { cause });
  }
}
