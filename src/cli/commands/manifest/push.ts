import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { signing } from '../../flags/signing.ts';

export default class ManifestPush extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST DESTINATION';
  static override flags = {
    ...signing,
    'add-compression': flag.strings({ summary: '' }),
    all: flag.bool({ default: true, summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compression-format': flag.string({ summary: '', choices: ['gzip', 'zstd', 'zstd:chunked'] }),
    'compression-level': flag.int({ summary: '' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'force-compression': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    purge: flag.bool({ hidden: true, summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    rm: flag.bool({ summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['manifests', 'transports'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
