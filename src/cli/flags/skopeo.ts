import { flag } from '../flag.ts';

/** How skopeo reaches the source and the destination of a copy. */
export const endpoints = {
  'dest-authfile': flag.string({ summary: '' }),
  'dest-cert-dir': flag.string({ valueName: 'PATH', summary: '' }),
  'dest-creds': flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: '' }),
  'dest-no-creds': flag.bool({ summary: '' }),
  'dest-password': flag.string({ summary: '' }),
  'dest-registry-token': flag.string({ summary: '' }),
  'dest-tls-verify': flag.optionalBool({ summary: '' }),
  'dest-username': flag.string({ summary: '' }),
  'src-authfile': flag.string({ summary: '' }),
  'src-cert-dir': flag.string({ valueName: 'PATH', summary: '' }),
  'src-creds': flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: '' }),
  'src-no-creds': flag.bool({ summary: '' }),
  'src-password': flag.string({ summary: '' }),
  'src-registry-token': flag.string({ summary: '' }),
  'src-tls-verify': flag.optionalBool({ summary: '' }),
  'src-username': flag.string({ summary: '' }),
};

/** How skopeo reaches the one place that a command is about. */
export const endpoint = {
  authfile: flag.string({ summary: '', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'PATH', summary: '', complete: 'directories' }),
  creds: flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: '', complete: 'none' }),
  'no-creds': flag.bool({ summary: '' }),
  password: flag.string({ summary: '' }),
  'registry-token': flag.string({ summary: '' }),
  'retry-delay': flag.duration({ summary: '' }),
  'retry-times': flag.int({ summary: '' }),
  'tls-verify': flag.optionalBool({ summary: '' }),
  username: flag.string({ summary: '' }),
};
