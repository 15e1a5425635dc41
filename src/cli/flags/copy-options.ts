import { existsSync } from 'node:fs';
import { parseGoDuration } from '../../config/point-in-time.ts';
import { SelkieError } from '../../errors.ts';
import type { Platform } from '../../image/platform.ts';
import type { EngineCopyOptions, PullPolicy } from '../../image/pull-options.ts';
import type { Credentials } from '../../image/transport.ts';

/** The flags of commands that copy images; each command has some of them. */
interface CopyFlags {
  readonly authfile?: string;
  readonly 'cert-dir'?: string;
  readonly creds?: string;
  readonly 'tls-verify'?: boolean | undefined;
  readonly insecure?: boolean;
  readonly retry?: number;
  readonly 'retry-delay'?: string;
  readonly 'signature-policy'?: string;
  readonly 'remove-signatures'?: boolean;
}

/** What the flags say about copying. @throws SelkieError for a file that is not there or a value that is none */
export function toCopyOptions(flags: CopyFlags, changed: (name: never) => boolean): EngineCopyOptions {
  const given = changed as (name: string) => boolean;
  if (given('authfile') && flags.authfile && !existsSync(flags.authfile))
    throw new SelkieError(`credential file is not accessible: faccessat ${flags.authfile}: no such file or directory`);
  return {
    ...(flags.authfile ? { authFile: flags.authfile } : {}),
    ...(flags['cert-dir'] ? { certDir: flags['cert-dir'] } : {}),
    ...(flags.creds ? { credentials: toCredentials(flags.creds) } : {}),
    ...tlsVerify(flags, given),
    ...(given('retry') && flags.retry !== undefined ? { retries: flags.retry } : {}),
    ...(given('retry-delay') && flags['retry-delay'] ? { retryDelay: toMilliseconds(flags['retry-delay']) } : {}),
    ...(flags['signature-policy'] ? { signaturePolicy: flags['signature-policy'] } : {}),
    ...(flags['remove-signatures'] ? { removeSignatures: true } : {}),
  };
}

function tlsVerify(flags: CopyFlags, given: (name: string) => boolean): { tlsVerify?: boolean } {
  if (given('insecure')) {
    if (given('tls-verify')) throw new SelkieError('--insecure may not be used with --tls-verify');
    return { tlsVerify: !flags.insecure };
  }
  return flags['tls-verify'] === undefined ? {} : { tlsVerify: flags['tls-verify'] };
}

/** `USERNAME[:PASSWORD]` */
export function toCredentials(text: string): Credentials {
  const colon = text.indexOf(':');
  return colon < 0 ? { username: text, password: '' } : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function toMilliseconds(text: string): number {
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === undefined) throw new SelkieError(`time: invalid duration ${JSON.stringify(text)}`);
  return Number(nanoseconds / 1_000_000n);
}

/** --platform, or --os, --arch and --variant. @throws SelkieError when both are given */
export function toPlatform(flags: {
  readonly arch?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly platform?: string;
}): Partial<Platform> | undefined {
  let { os, arch, variant } = flags;
  if (flags.platform) {
    if (arch || os) throw new SelkieError('--platform option can not be specified with --arch or --os');
    const parts = flags.platform.split('/');
    os = parts[0];
    arch = parts[1];
    variant = parts[2] ?? variant;
  }
  if (!os && !arch && !variant) return undefined;
  return { ...(os ? { os } : {}), ...(arch ? { architecture: arch } : {}), ...(variant ? { variant } : {}) };
}

/** @throws SelkieError */
export function toPullPolicy(text: string): PullPolicy {
  switch (text.toLowerCase()) {
    case 'always':
    case 'true':
      return 'always';
    case 'missing':
    case 'ifmissing':
    case 'ifnotpresent':
    case '':
      return 'missing';
    case 'never':
    case 'false':
      return 'never';
    case 'newer':
    case 'ifnewer':
      return 'newer';
    default:
      throw new SelkieError(`unsupported pull policy ${JSON.stringify(text)}`);
  }
}
