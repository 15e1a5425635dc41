import { readFileSync, writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { readPassphraseFile } from '../../flags/signing.ts';

const usage = 'Usage: skopeo standalone-sign manifest docker-reference key-fingerprint -o signature';

export default class SkopeoStandaloneSign extends SelkieCommand {
  static override summary = 'Write a signature from local files';
  static override examples = ['standalone-sign manifest.json registry.example.com/app:1 me@example.com -o app.signature'];
  static override usage = 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINT --output|-o SIGNATURE';
  static override flags = {
    output: flag.string({ short: 'o', valueName: 'SIGNATURE', summary: 'Write to this file', complete: 'files' }),
    'passphrase-file': flag.string({ summary: 'File with the passphrase of the key', complete: 'files' }),
  };
  static override args: Arguments = { min: 3, max: 3, tooFew: usage, tooMany: usage, complete: ['files'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoStandaloneSign);
    const [manifestPath, reference, key] = args as [string, string, string];
    if (!flags.output) throw new SelkieError(usage);
    const manifest = readFile('manifest', manifestPath);
    const passphrase = flags['passphrase-file'] ? readPassphraseFile(flags['passphrase-file']) : undefined;
    const { Gpg } = await import('../../../image/gpg.ts');
    const { signManifest } = await import('../../../image/signature/simple-signing.ts');
    using gpg = Gpg.ofUser();
    try {
      writeFileSync(flags.output, signManifest(gpg, manifest, reference, key, passphrase));
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      throw new SelkieError(`Error creating signature: ${cause.message}`, { cause });
    }
  }
}

function readFile(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SelkieError(`Error reading ${what} from ${path}: open ${path}: no such file or directory`, { cause });
  }
}
