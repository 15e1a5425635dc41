import { checkAuthFile } from '../../config/auth-json.ts';
import type { GlobalOptions } from '../../config/globals.ts';
import { warn } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import { wrapped } from '../../image/errors.ts';
import type { Platform } from '../../image/platform.ts';
import type { Policy } from '../../image/policy.ts';
import type { TransportOptions } from '../../image/transport.ts';
import { toCredentials } from './copy-options.ts';

type Values = Readonly<Record<string, unknown>>;

/** How a place is reached, by the flags of one side: '' for the only place, `src-` or `dest-`. @throws SelkieError */
export function toEndpoint(flags: Values, side: '' | 'src-' | 'dest-', globals: GlobalOptions): TransportOptions {
  const text = (name: string): string | undefined => (flags[side + name] as string | undefined) || undefined;
  const authFile = text('authfile') ?? (flags['authfile'] as string | undefined);
  if (authFile) checkAuthFile(authFile);
  const { creds, username, password } = { creds: text('creds'), username: text('username'), password: text('password') };
  const anonymous = flags[`${side}no-creds`] === true;
  if (creds && anonymous) throw new SelkieError('creds and no-creds cannot be specified at the same time');
  if (username && anonymous) throw new SelkieError('username and no-creds cannot be specified at the same time');
  if (creds && username) throw new SelkieError('creds and username cannot be specified at the same time');
  if (password && !username) throw new SelkieError('username must be specified when password is specified');
  if (username && password === undefined) throw new SelkieError('password must be specified when username is specified');
  return {
    ...(authFile ? { authFile } : {}),
    ...(creds ? { credentials: toCredentials(creds) } : username ? { credentials: { username, password: password! } } : {}),
    ...(text('registry-token') ? { registryToken: text('registry-token') } : {}),
    ...(anonymous ? { anonymous } : {}),
    ...tlsVerify(flags[`${side}tls-verify`] ?? flags['tls-verify']),
    ...(text('cert-dir') ? { certDir: text('cert-dir') } : {}),
    ...(text('shared-blob-dir') ? { sharedBlobDir: text('shared-blob-dir') } : {}),
    ...(text('daemon-host') ? { daemonHost: text('daemon-host') } : {}),
    ...(globals.tmpdir ? { temporaryDirectory: globals.tmpdir } : {}),
    ...(globals.registriesDir ? { registriesDir: globals.registriesDir } : {}),
    ...(platform(globals) ? { platform: platform(globals)! } : {}),
    ...(globals.commandTimeoutMs ? { signal: deadline(globals.commandTimeoutMs) } : {}),
    userAgent: `${globals.userAgentPrefix ? `${globals.userAgentPrefix} ` : ''}skopeo/1.22.0`,
  };
}

const tlsVerify = (verify: unknown): Pick<TransportOptions, 'tlsVerify'> => (verify === undefined ? {} : { tlsVerify: verify as boolean });

/** Tells of the flag that once stood for both sides. */
export function warnOfDeprecated(flags: { readonly 'tls-verify'?: boolean | undefined }): void {
  if (flags['tls-verify'] !== undefined) warn("'--tls-verify' is deprecated, instead use: --src-tls-verify, --dest-tls-verify");
}

function platform({ overrideOs, overrideArch, overrideVariant }: GlobalOptions): Partial<Platform> | undefined {
  if (!overrideOs && !overrideArch && !overrideVariant) return undefined;
  return {
    ...(overrideOs ? { os: overrideOs } : {}),
    ...(overrideArch ? { architecture: overrideArch } : {}),
    ...(overrideVariant ? { variant: overrideVariant } : {}),
  };
}

let signal: AbortSignal | undefined;

/** One deadline for the whole command, both sides of it. */
function deadline(milliseconds: number): AbortSignal {
  signal ??= AbortSignal.timeout(Math.ceil(milliseconds));
  return signal;
}

/** --policy and --insecure-policy. @throws SelkieError */
export function toPolicy({ insecurePolicy, policy }: GlobalOptions): Policy {
  const { acceptAnything, loadPolicy } = require('../../image/policy.ts') as typeof import('../../image/policy.ts');
  if (insecurePolicy) return acceptAnything;
  try {
    return loadPolicy(policy);
  } catch (cause) {
    throw wrapped('Error loading trust policy', cause);
  }
}

/** What a name of a manifest's type means; undefined for none given. @throws SelkieError */
export function toManifestType(text: string | undefined): string | undefined {
  const types: Record<string, string> = {
    oci: 'application/vnd.oci.image.manifest.v1+json',
    v2s1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    v2s2: 'application/vnd.docker.distribution.manifest.v2+json',
  };
  if (!text) return undefined;
  const type = types[text];
  if (!type) throw new SelkieError(`unknown format ${JSON.stringify(text)}. Choose one of the supported formats: 'oci', 'v2s1', or 'v2s2'`);
  return type;
}

/** --retry-times and --retry-delay; a second lies between tries where nothing is said. */
export const toRetries = (flags: { 'retry-times'?: number; 'retry-delay'?: number }): { retries: number; delay: number } => ({
  retries: flags['retry-times'] ?? 0,
  delay: flags['retry-delay'] || 1000,
});
