import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { signing } from '../../flags/signing.ts';
import { endpoint, endpoints } from '../../flags/skopeo.ts';

export default class SkopeoSync extends SelkieCommand {
  static override summary = '';
  static override usage = '--src TRANSPORT --dest TRANSPORT SOURCE DESTINATION';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
    ...pick(endpoint, 'authfile', 'retry-delay', 'retry-times'),
    all: flag.bool({ short: 'a', summary: '' }),
    'append-suffix': flag.string({ summary: '' }),
    dest: flag.string({ short: 'd', summary: '' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'dry-run': flag.bool({ summary: '' }),
    format: flag.string({ short: 'f', summary: '' }),
    'keep-going': flag.bool({ summary: '' }),
    'preserve-digests': flag.bool({ summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    scoped: flag.bool({ summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    src: flag.string({ short: 's', summary: '' }),
  };
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
