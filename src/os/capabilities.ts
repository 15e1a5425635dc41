import { readFileSync } from 'node:fs';

/** Capability names in the order of their numbers (linux/capability.h). */
export const capabilityNames = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];
export type CapabilitySet = 'Inh' | 'Prm' | 'Eff' | 'Bnd' | 'Amb';

/** One of this process's capability sets as a bit mask. */
export function ownCapabilities(set: CapabilitySet): bigint {
  const status = readFileSync('/proc/self/status', 'latin1');
  const at = status.indexOf(`\nCap${set}:`);
  return at < 0 ? 0n : BigInt(`0x${status.slice(at + 9, status.indexOf('\n', at + 1)).trim()}`);
}

/** Whether this process may use a capability now. */
export function hasCapability(name: CapabilityName): boolean {
  return ((ownCapabilities('Eff') >> BigInt(capabilityNames.indexOf(name))) & 1n) === 1n;
}
