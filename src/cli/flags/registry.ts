import { flag } from '../flag.ts';

/** How a registry is spoken to. */
export const registryAccess = {
  authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'Pathname', summary: 'Directory with certificates for the registry', complete: 'directories' }),
  creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
  'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
};
