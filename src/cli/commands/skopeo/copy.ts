import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { signing } from '../../flags/signing.ts';
import { endpoint, endpoints } from '../../flags/skopeo.ts';

export default class SkopeoCopy extends SelkieCommand {
  static override summary = '';
  static override usage = 'SOURCE-IMAGE DESTINATION-IMAGE';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
    ...pick(endpoint, 'authfile', 'retry-delay', 'retry-times'),
    'additional-tag': flag.strings({ summary: '' }),
    all: flag.bool({ short: 'a', summary: '' }),
    'decryption-key': flag.strings({ summary: '', complete: 'files' }),
    'dest-compress': flag.bool({ summary: '' }),
    'dest-compress-format': flag.string({ valueName: 'FORMAT', summary: '' }),
    'dest-compress-level': flag.int({ valueName: 'LEVEL', summary: '' }),
    'dest-daemon-host': flag.string({ valueName: 'HOST', summary: '' }),
    'dest-decompress': flag.bool({ summary: '' }),
    'dest-force-compress-format': flag.bool({ summary: '' }),
    'dest-oci-accept-uncompressed-layers': flag.bool({ summary: '' }),
    'dest-precompute-digests': flag.bool({ summary: '' }),
    'dest-shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: '' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    'encrypt-layer': flag.ints({ summary: '' }),
    'encryption-key': flag.strings({ summary: '', complete: 'files' }),
    format: flag.string({ short: 'f', summary: '' }),
    'image-parallel-copies': flag.uint({ summary: '' }),
    'multi-arch': flag.string({ summary: '' }),
    'preserve-digests': flag.bool({ summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'remove-signatures': flag.bool({ summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    'sign-identity': flag.string({ summary: '' }),
    'src-daemon-host': flag.string({ valueName: 'HOST', summary: '' }),
    'src-shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: '' }),
  };
  static override args: Arguments = { complete: ['transports'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
