import { flag } from '../flag.ts';

/** How an image is signed as it is pushed. */
export const signing = {
  'sign-by': flag.string({ summary: 'Sign by GnuPG with this key' }),
  'sign-by-sigstore': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore as this file says', complete: 'files' }),
  'sign-by-sigstore-private-key': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore with this private key', complete: 'files' }),
  'sign-by-sq-fingerprint': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by Sequoia with the key of this fingerprint' }),
  'sign-passphrase-file': flag.string({ valueName: 'PATH', summary: 'File with the passphrase of the signing key', complete: 'files' }),
};

/** How skopeo signs an image as it is copied. */
export const skopeoSigning = {
  'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
  'sign-by-sigstore': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore as this file says', complete: 'files' }),
  'sign-by-sigstore-private-key': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore with this private key', complete: 'files' }),
  'sign-by-sq-fingerprint': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by Sequoia with the key of this fingerprint' }),
  'sign-identity': flag.string({ summary: 'Which name the signature is about' }),
  'sign-passphrase-file': flag.string({ valueName: 'PATH', summary: 'File with the passphrase of the signing key', complete: 'files' }),
};
