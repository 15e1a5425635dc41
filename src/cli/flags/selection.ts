import { flag } from '../flag.ts';

/** Which image of a list is wanted, and where it comes from. */
export const selection = {
  arch: flag.string({ valueName: 'ARCH', aliases: ['override-arch'], summary: '' }),
  authfile: flag.string({ summary: '', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'Pathname', summary: '', complete: 'directories' }),
  creds: flag.string({ valueName: 'credentials', summary: '', complete: 'none' }),
  'decryption-key': flag.stringArray({ summary: '', complete: 'files' }),
  'disable-content-trust': flag.bool({ summary: '' }),
  os: flag.string({ valueName: 'OS', aliases: ['override-os'], summary: '' }),
  platform: flag.string({ summary: '' }),
  pull: flag.string({ default: 'missing', summary: '', choices: ['always', 'missing', 'never', 'newer'] }),
  retry: flag.uint({ default: 3, summary: '' }),
  'retry-delay': flag.string({ summary: '' }),
  'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
  'tls-verify': flag.optionalBool({ summary: '' }),
  variant: flag.string({ valueName: 'VARIANT', aliases: ['override-variant'], summary: '' }),
};
