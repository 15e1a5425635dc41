import { existsSync, writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { askPassphrase, readPassphraseFile } from '../../flags/signing.ts';

const usage = 'Usage: generate-sigstore-key --output-prefix PREFIX';

export default class SkopeoGenerateSigstoreKey extends SelkieCommand {
  static override summary = 'Make a pair of keys to sign images with';
  static override examples = ['generate-sigstore-key --output-prefix mykey'];
  static override usage = '--output-prefix PREFIX';
  static override flags = {
    'output-prefix': flag.string({ valueName: 'PREFIX', summary: 'Write PREFIX.private and PREFIX.pub' }),
    'passphrase-file': flag.string({ valueName: 'PATH', summary: 'File with the passphrase of the key', complete: 'files' }),
  };
  static override args: Arguments = { max: 0, tooMany: usage };

  override async run(): Promise<void> {
    const { flags } = this.parse(SkopeoGenerateSigstoreKey);
    const prefix = flags['output-prefix'];
    if (!prefix) throw new SelkieError(usage);
    const [publicPath, privatePath] = [`${prefix}.pub`, `${prefix}.private`];
    for (const path of [publicPath, privatePath])
      if (existsSync(path)) throw new SelkieError(`Refusing to overwrite existing ${JSON.stringify(path)}`);
    const passphrase = flags['passphrase-file'] ? readPassphraseFile(flags['passphrase-file']) : askPassphrase(privatePath);
    const { generateSigstoreKeyPair } = await import('../../../image/signature/sigstore-key.ts');
    const { privateKey, publicKey } = await generateSigstoreKeyPair(passphrase);
    writeFileSync(privatePath, privateKey, { mode: 0o600, flag: 'wx' });
    writeFileSync(publicPath, publicKey, { mode: 0o644, flag: 'wx' });
    this.out(`Key written to ${JSON.stringify(privatePath)} and ${JSON.stringify(publicPath)}`);
  }
}
