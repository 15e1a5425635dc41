import { flag } from '../flag.ts';

/** How a registry is spoken to. */
export const registryAccess = {
  authfile: flag.string({ summary: '', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'Pathname', summary: '', complete: 'directories' }),
  creds: flag.string({ valueName: 'Credentials', summary: '', complete: 'none' }),
  'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
};

/** How often a registry is tried again. */
export const retries = {
  retry: flag.uint({ default: 3, summary: '' }),
  'retry-delay': flag.string({ summary: '' }),
};
