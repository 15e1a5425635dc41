import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { SelkieError } from '../../errors.ts';
import type { OciSeccomp } from '../oci-spec.ts';

const overridePath = '/etc/containers/seccomp.json';
const defaultPath = '/usr/share/containers/seccomp.json';

export class SeccompError extends SelkieError {}

interface ProfileFilter {
  arches?: string[];
  caps?: string[];
  minKernel?: string;
}

interface ProfileCall {
  name?: string;
  names?: string[];
  action: string;
  args?: { index: number; value: number; valueTwo?: number; op: string }[] | null;
  errno?: string;
  errnoRet?: number;
  includes?: ProfileFilter;
  excludes?: ProfileFilter;
}

interface Profile {
  defaultAction?: string;
  defaultErrno?: string;
  defaultErrnoRet?: number;
  architectures?: string[];
  archMap?: { architecture: string; subArchitectures: string[] | null }[];
  flags?: string[];
  syscalls?: ProfileCall[];
}

/** node's name of the processor: libseccomp's name and the profile's. */
const architectures: Record<string, [string, string]> = {
  x64: ['amd64', 'SCMP_ARCH_X86_64'],
  arm64: ['arm64', 'SCMP_ARCH_AARCH64'],
  arm: ['arm', 'SCMP_ARCH_ARM'],
  ia32: ['x86', 'SCMP_ARCH_X86'],
  ppc64: ['ppc64le', 'SCMP_ARCH_PPC64LE'],
  s390x: ['s390x', 'SCMP_ARCH_S390X'],
  riscv64: ['riscv64', 'SCMP_ARCH_RISCV64'],
};

export interface SeccompRequest {
  /** `unconfined`, a path, or nothing for the default profile. */
  profile?: string;
  /** `default` or `image`. */
  policy?: string;
  configured: string;
  privileged: boolean;
  imageLabels?: Record<string, string>;
  bounding: readonly string[];
}

/** The filter of the container, resolved for this processor and its capabilities; undefined where it is to have none. */
export function containerSeccomp(request: SeccompRequest): OciSeccomp | undefined {
  const path = request.profile ?? defaultProfilePath(request.configured);
  if (path === 'unconfined') return undefined;
  const policy = seccompPolicy(request.policy ?? '');
  if (request.privileged && ['', overridePath, defaultPath].includes(path) && policy === 'default') return undefined;
  if (policy === 'image') {
    if (!request.imageLabels) throw new SeccompError('cannot read seccomp profile without a valid image');
    const label = request.imageLabels['io.containers.seccomp.profile'];
    if (!label) throw new SeccompError('no seccomp policy defined by image');
    return within('loading seccomp profile failed', () => resolveProfile(parseProfile(label), request.bounding));
  }
  if (path === '') return resolveProfile(builtInProfile(), request.bounding);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SeccompError(`opening seccomp profile failed: open ${path}: no such file or directory`, { cause: error });
  }
  return within(`loading seccomp profile (${path}) failed`, () => resolveProfile(parseProfile(text), request.bounding));
}

function builtInProfile(): Profile {
  const { defaultSeccompProfile } = require('./seccomp-default.ts') as typeof import('./seccomp-default.ts');
  return defaultSeccompProfile();
}

function defaultProfilePath(configured: string): string {
  if (configured !== '') return configured;
  if (existsSync(overridePath)) return overridePath;
  return existsSync(defaultPath) ? defaultPath : '';
}

function seccompPolicy(text: string): 'default' | 'image' {
  if (text === '' || text === 'default') return 'default';
  if (text === 'image') return 'image';
  throw new SeccompError(`invalid seccomp policy ${JSON.stringify(text)}: valid policies are ["default" "image"]`);
}

function within<T>(step: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SeccompError(`${step}: ${(error as Error).message}`, { cause: error });
  }
}

function parseProfile(text: string): Profile {
  try {
    return JSON.parse(text) as Profile;
  } catch (error) {
    throw new SeccompError(`decoding seccomp profile failed: ${(error as Error).message}`, { cause: error });
  }
}

/** Chooses the rules of a profile that hold for this processor and these capabilities. */
export function resolveProfile(profile: Profile, capabilities: readonly string[]): OciSeccomp | undefined {
  if (!profile.defaultAction && (profile.syscalls ?? []).length === 0) return undefined;
  const [arch, native] = architectures[process.arch] ?? [process.arch, ''];
  if ((profile.architectures ?? []).length > 0 && (profile.archMap ?? []).length > 0)
    throw new SeccompError("'architectures' and 'archMap' were specified in the seccomp profile, use either 'architectures' or 'archMap'");
  const entry = profile.archMap?.find((candidate) => candidate.architecture === native);
  const arches = entry ? [entry.architecture, ...(entry.subArchitectures ?? [])] : (profile.architectures ?? []);
  const errnoRet = errnoValue(profile.defaultErrno, profile.defaultErrnoRet);
  const resolved: OciSeccomp = { defaultAction: profile.defaultAction ?? '' };
  if (errnoRet !== undefined) resolved.defaultErrnoRet = errnoRet;
  if (arches.length > 0) resolved.architectures = arches;
  if (profile.flags?.length) resolved.flags = profile.flags;
  const syscalls: NonNullable<OciSeccomp['syscalls']> = [];
  for (const call of profile.syscalls ?? []) {
    if (!applies(call, arch, capabilities)) continue;
    if (call.name && call.names?.length)
      throw new SeccompError("'name' and 'names' were specified in the seccomp profile, use either 'name' or 'names'");
    const callErrno = errnoValue(call.errno, call.errnoRet);
    syscalls.push({
      names: call.name ? [call.name] : (call.names ?? []),
      action: call.action,
      ...(callErrno === undefined ? {} : { errnoRet: callErrno }),
      ...(call.args?.length ? { args: call.args } : {}),
    });
  }
  if (syscalls.length > 0) resolved.syscalls = syscalls;
  return resolved;
}

function applies(call: ProfileCall, arch: string, capabilities: readonly string[]): boolean {
  const { includes = {}, excludes = {} } = call;
  if (excludes.arches?.includes(arch)) return false;
  if (excludes.caps?.some((name) => capabilities.includes(name))) return false;
  if (includes.arches?.length && !includes.arches.includes(arch)) return false;
  return !includes.caps?.some((name) => !capabilities.includes(name));
}

function errnoValue(name: string | undefined, fallback: number | undefined): number | undefined {
  if (!name) return fallback;
  if (/^[0-9]+$/.test(name)) return Number(name);
  const value = (constants.errno as Record<string, number>)[name];
  if (value === undefined) throw new SeccompError(`unknown errno ${name}`);
  return value;
}
