import { flag } from '../flag.ts';
import { retries } from './retries.ts';

/** Which image of a list is wanted, and where it comes from. */
export const selection = {
  arch: flag.string({
    valueName: 'ARCH',
    aliases: ['override-arch'],
    summary: 'Choose images for this architecture, not that of the machine',
  }),
  authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
  'cert-dir': flag.string({ valueName: 'Pathname', summary: 'Directory with certificates for the registry', complete: 'directories' }),
  creds: flag.string({ valueName: 'credentials', summary: 'Name and password for the registry', complete: 'none' }),
  'decryption-key': flag.stringArray({ summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
  'disable-content-trust': flag.bool({ summary: 'Accepted for scripts written for docker; without effect' }),
  os: flag.string({ valueName: 'OS', aliases: ['override-os'], summary: 'Choose images for this operating system, not the running one' }),
  platform: flag.string({ summary: 'Choose images for this platform: OS/ARCH[/VARIANT]' }),
  pull: flag.string({
    default: 'missing',
    summary: 'When to pull: always, missing, never or newer',
    choices: ['always', 'missing', 'never', 'newer'],
  }),
  ...retries('pull'),
  'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
  'tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates' }),
  variant: flag.string({
    valueName: 'VARIANT',
    aliases: ['override-variant'],
    summary: 'Choose images for this variant of the architecture',
  }),
};
