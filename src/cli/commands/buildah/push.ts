import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahPush extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compression-format': flag.string({ summary: '', choices: ['gzip', 'zstd', 'zstd:chunked'] }),
    'compression-level': flag.int({ summary: '' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'disable-compression': flag.bool({ short: 'D', summary: '' }),
    'encrypt-layer': flag.ints({ summary: '' }),
    'encryption-key': flag.strings({ summary: '', complete: 'files' }),
    'force-compression': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ summary: '' }),
    rm: flag.bool({ summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'at least a source image ID must be specified', complete: ['images', 'transports'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
