import { flag } from '../flag.ts';

/** How an image is signed as it is pushed. */
export const signing = {
  'sign-by': flag.string({ summary: '' }),
  'sign-by-sigstore': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
  'sign-by-sigstore-private-key': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
  'sign-by-sq-fingerprint': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
  'sign-passphrase-file': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
};

/** How skopeo signs an image as it is copied. */
export const skopeoSigning = {
  'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
  'sign-by-sigstore': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
  'sign-by-sigstore-private-key': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
  'sign-by-sq-fingerprint': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
  'sign-identity': flag.string({ summary: '' }),
  'sign-passphrase-file': flag.string({ valueName: 'PATH', summary: '', complete: 'files' }),
};
