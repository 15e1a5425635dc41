import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahCopy extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'add-history': flag.bool({ defaultText: 'false', summary: '' }),
    authfile: flag.string({ hidden: true, summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    checksum: flag.string({ summary: '' }),
    chmod: flag.string({ summary: '' }),
    chown: flag.string({ summary: '' }),
    contextdir: flag.string({ summary: '', complete: 'directories' }),
    creds: flag.string({ hidden: true, summary: '', complete: 'none' }),
    'decryption-key': flag.strings({ hidden: true, summary: '', complete: 'files' }),
    exclude: flag.strings({ summary: '' }),
    from: flag.string({ summary: '' }),
    ignorefile: flag.string({ summary: '', complete: 'files' }),
    link: flag.bool({ summary: '' }),
    parents: flag.bool({ summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ hidden: true, summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ default: '2s', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    timestamp: flag.string({ valueName: 'seconds', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['workingContainers', 'files'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
