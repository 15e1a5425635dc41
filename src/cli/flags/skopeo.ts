import { flag } from '../flag.ts';

/** How skopeo reaches the source and the destination of a copy. */
export const endpoints = {
  'dest-authfile': flag.string({ summary: 'File with the credentials for the destination' }),
  'dest-cert-dir': flag.string({ valueName: 'PATH', summary: 'Directory with certificates for the destination' }),
  'dest-creds': flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: 'Name and password for the destination', aliases: ['dcreds'] }),
  'dest-no-creds': flag.bool({ summary: 'Come to the destination without credentials' }),
  'dest-password': flag.string({ summary: 'Password for the destination' }),
  'dest-registry-token': flag.string({ summary: 'Bearer token for the destination' }),
  'dest-tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates at the destination' }),
  'dest-username': flag.string({ summary: 'Name for the destination' }),
  'src-authfile': flag.string({ summary: 'File with the credentials for the source' }),
  'src-cert-dir': flag.string({ valueName: 'PATH', summary: 'Directory with certificates for the source' }),
  'src-creds': flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: 'Name and password for the source', aliases: ['screds'] }),
  'src-no-creds': flag.bool({ summary: 'Come to the source without credentials' }),
  'src-password': flag.string({ summary: 'Password for the source' }),
  'src-registry-token': flag.string({ summary: 'Bearer token for the source' }),
  'src-tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates at the source' }),
  'src-username': flag.string({ summary: 'Name for the source' }),
};

/** What once stood for both sides of a copy. */
export const deprecatedTlsVerify = {
  'tls-verify': flag.optionalBool({ hidden: true, summary: 'Require HTTPS and verify certificates at both places' }),
};

/** How skopeo reaches the one place that a command is about. */
export const endpoint = {
  authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'PATH', summary: 'Directory with certificates for the registry', complete: 'directories' }),
  creds: flag.string({ valueName: 'USERNAME[:PASSWORD]', summary: 'Name and password for the registry', complete: 'none' }),
  'no-creds': flag.bool({ summary: 'Come without credentials' }),
  password: flag.string({ summary: 'Password' }),
  'registry-token': flag.string({ summary: 'Bearer token' }),
  'retry-delay': flag.duration({ summary: 'How long to wait before trying again' }),
  'retry-times': flag.int({ summary: 'How often to try again' }),
  'tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates' }),
  username: flag.string({ summary: 'Name' }),
};
