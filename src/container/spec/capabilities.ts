import { readFileSync } from 'node:fs';
import { reportError } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import type { OciCapabilities } from '../oci-spec.ts';

/** By number, as in linux/capability.h. */
const names = [
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST',
  'NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE',
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM',
  'BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE',
]
  .join(' ')
  .split(' ')
  .map((name) => `CAP_${name}`);

export class CapabilityError extends SelkieError {}

interface OwnCapabilities {
  bounding: bigint;
  effective: bigint;
}

let own: OwnCapabilities | undefined;

function ownCapabilities(): OwnCapabilities {
  if (!own) {
    const status = readFileSync('/proc/self/status', 'latin1');
    const mask = (key: string) => BigInt(`0x${new RegExp(`^${key}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
    own = { bounding: mask('CapBnd'), effective: mask('CapEff') };
  }
  return own;
}

/** The capabilities that this process could give away, sorted by name. */
export function boundingSet(): string[] {
  const mask = ownCapabilities().bounding;
  return names.filter((_, number) => (mask >> BigInt(number)) & 1n).sort();
}

/** Whether this process has the capability effectively (`CAP_SYS_RESOURCE`). */
export function hasCapability(name: string): boolean {
  return ((ownCapabilities().effective >> BigInt(names.indexOf(name))) & 1n) === 1n;
}

/** What the kernel knows; a newer kernel's capabilities that have no name here cannot be asked for. */
export function supportedCapabilities(): string[] {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'latin1'));
  return names.slice(0, last + 1);
}

/** `net_raw`, `CAP_NET_RAW` and `all` in their one form, sorted. @throws CapabilityError for unknown ones */
export function normalizeCapabilities(given: readonly string[]): string[] {
  if (given.length === 0) return [];
  const known = supportedCapabilities();
  return given
    .map((text) => {
      const upper = text.toUpperCase();
      if (upper === 'ALL') return upper;
      const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
      if (!known.includes(name)) throw new CapabilityError(`${JSON.stringify(name)}: unknown capability`);
      return name;
    })
    .sort();
}

/** Adds to and drops from a base; `ALL` may stand on either side. */
export function mergeCapabilities(base: readonly string[], adds: readonly string[], drops: readonly string[]): string[] {
  const start =
    adds.length + drops.length === 0 && base.every((name) => names.includes(name)) ? [...base].sort() : normalizeCapabilities(base);
  if (adds.length + drops.length === 0) return start;
  const drop = normalizeCapabilities(drops);
  const add = normalizeCapabilities(adds);
  if (drop.includes('ALL')) {
    if (add.includes('ALL')) throw new CapabilityError('adding all caps and removing all caps not allowed');
    return add;
  }
  const both = add.includes('ALL') ? undefined : add.find((name) => drop.includes(name));
  if (both !== undefined) throw new CapabilityError(`capability ${JSON.stringify(both)} cannot be dropped and added`);
  const from = add.includes('ALL') ? boundingSet() : start;
  const kept = from.filter((name) => !drop.includes(name));
  return [...kept, ...(add.includes('ALL') ? [] : add.filter((name) => !from.includes(name)))].sort();
}

export interface CapabilityRequest {
  privileged: boolean;
  defaults: readonly string[];
  add: readonly string[];
  drop: readonly string[];
  labels: Record<string, string>;
  user: string;
  /** `--userns=keep-id` makes the default user somebody other than root. */
  keepId: boolean;
}

/**
 * The process's capabilities. Inheritable and ambient ones stay empty, but for a user other than root who was given some by name:
 * only then ambient ones bring them through execve.
 */
export function processCapabilities(request: CapabilityRequest): OciCapabilities {
  const bounding = boundingSet();
  let granted = request.privileged
    ? bounding
    : mergeCapabilities(request.defaults, request.add, request.drop).filter((name) => bounding.includes(name));
  if (!request.privileged) granted = limitedByLabel(request.labels, granted);
  const user = request.user.split(':')[0] ?? '';
  if ((user === '' && !request.keepId) || user === 'root' || user === '0') {
    return { bounding: granted, effective: granted, permitted: granted };
  }
  let added: string[];
  try {
    added = mergeCapabilities([], request.add, []).filter((name) => bounding.includes(name));
  } catch (error) {
    throw new CapabilityError(
      `capabilities requested by user are not valid: ${JSON.stringify(request.add.join(','))}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (added.length === 0) return { bounding: granted };
  return { bounding: granted, effective: added, permitted: added, inheritable: added, ambient: added };
}

/** The label `io.containers.capabilities` names all that the image needs; it can only take away. */
function limitedByLabel(labels: Record<string, string>, granted: string[]): string[] {
  const label = labels['io.containers.capabilities'];
  if (label === undefined) return granted;
  if (label === '') return [];
  const required = mergeCapabilities([], label.split(','), []);
  const missing = required.filter((name) => !granted.includes(name));
  if (missing.length === 0) return required;
  reportError(`Capabilities requested by user or image are not allowed by default: ${JSON.stringify(missing.join(','))}`);
  return granted;
}
