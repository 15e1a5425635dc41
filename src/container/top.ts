import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import type { Container } from './container.ts';
import { type ContainerProcess, containerProcesses } from './processes.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';
import { UserDatabase } from './spec/user-lookup.ts';

interface Column {
  heading: string;
  value: (process: ContainerProcess, context: Context) => string;
}

interface Context {
  users: UserDatabase;
  /** When the machine was started, in seconds since 1970. */
  bootTime: number;
}

export class UnknownDescriptor extends SelkieError {
  constructor(readonly descriptor: string) {
    super(`'${descriptor}': unknown descriptor`);
  }
}

/** getconf CLK_TCK, the same on all of Linux's platforms. */
const CLOCK_TICKS = 100;

const id =
  (name: string, which: number) =>
  (process: ContainerProcess): string =>
    process.status.get(name)?.split(/\s+/)[which] ?? '';
const userName =
  (which: number) =>
  (process: ContainerProcess, { users }: Context): string => {
    const uid = id('Uid', which)(process);
    return users.passwd.find((entry) => String(entry.uid) === uid)?.name ?? uid;
  };
const groupName =
  (which: number) =>
  (process: ContainerProcess, { users }: Context): string => {
    const gid = id('Gid', which)(process);
    return users.groups.find((entry) => String(entry.gid) === gid)?.name ?? gid;
  };
const supplementary = (status: Map<string, string>): string[] => (status.get('Groups') ?? '').split(/\s+/).filter((gid) => gid !== '');

function names<T extends { name: string }>(ids: readonly string[], entries: readonly T[], idOf: (entry: T) => number): string {
  return ids.map((one) => entries.find((entry) => String(idOf(entry)) === one)?.name ?? one).join(',');
}

/** The name that the host has for an ID. */
function hostName(file: 'passwd' | 'group', of: string): string {
  const line = readOr(`/etc/${file}`)
    .split('\n')
    .find((entry) => entry.split(':')[2] === of);
  return line?.split(':')[0] ?? of;
}

const inner =
  (name: string) =>
  (process: ContainerProcess): string =>
    process.status.get(name)?.split(/\s+/).at(-1) ?? '';
const seconds = (process: ContainerProcess): number => (Number(process.stat[14]) + Number(process.stat[15])) / CLOCK_TICKS;
const startTime = (process: ContainerProcess, { bootTime }: Context): number => bootTime + Number(process.stat[22]) / CLOCK_TICKS;
const elapsed = (process: ContainerProcess, context: Context): number =>
  Math.max(0, (performance.timeOrigin + performance.now()) / 1000 - startTime(process, context));
const capabilities =
  (name: string) =>
  (process: ContainerProcess): string => {
    const bits = BigInt(`0x${process.status.get(name) ?? '0'}`);
    return bits === 0n ? 'none' : capabilityNames(bits);
  };

const columns: Record<string, Column> = {
  args: { heading: 'COMMAND', value: ({ args }) => args },
  capamb: { heading: 'AMBIENT CAPS', value: capabilities('CapAmb') },
  capbnd: { heading: 'BOUNDING CAPS', value: capabilities('CapBnd') },
  capeff: { heading: 'EFFECTIVE CAPS', value: capabilities('CapEff') },
  capinh: { heading: 'INHERITED CAPS', value: capabilities('CapInh') },
  capprm: { heading: 'PERMITTED CAPS', value: capabilities('CapPrm') },
  comm: { heading: 'COMMAND', value: ({ stat }) => stat[2] ?? '' },
  etime: { heading: 'ELAPSED', value: (process, context) => duration(elapsed(process, context)) },
  group: { heading: 'GROUP', value: groupName(1) },
  groups: { heading: 'GROUPS', value: ({ status }, { users }) => names(supplementary(status), users.groups, ({ gid }) => gid) },
  hgroup: { heading: 'HGROUP', value: (process) => hostName('group', id('Gid', 1)(process)) },
  hgroups: {
    heading: 'HGROUPS',
    value: ({ status }) =>
      supplementary(status)
        .map((gid) => hostName('group', gid))
        .join(','),
  },
  hpid: { heading: 'HPID', value: ({ hostPid }) => String(hostPid) },
  huid: { heading: 'HUID', value: id('Uid', 1) },
  huser: { heading: 'HUSER', value: (process) => hostName('passwd', id('Uid', 1)(process)) },
  label: { heading: 'LABEL', value: ({ hostPid }) => readOr(`/proc/${hostPid}/attr/current`) || '?' },
  nice: { heading: 'NI', value: ({ stat }) => stat[19] ?? '' },
  pcpu: { heading: '%CPU', value: (process, context) => ((100 * seconds(process)) / Math.max(elapsed(process, context), 0.01)).toFixed(3) },
  pgid: { heading: 'PGID', value: inner('NSpgid') },
  pid: { heading: 'PID', value: inner('NSpid') },
  ppid: { heading: 'PPID', value: ({ stat }) => parentOf(Number(stat[4])) },
  rgroup: { heading: 'RGROUP', value: groupName(0) },
  rss: { heading: 'RSS', value: ({ status }) => status.get('VmRSS')?.replace(/ kB$/, '') ?? '0' },
  ruser: { heading: 'RUSER', value: userName(0) },
  seccomp: { heading: 'SECCOMP', value: ({ status }) => ['disabled', 'strict', 'filter'][Number(status.get('Seccomp') ?? 0)] ?? '' },
  state: { heading: 'STATE', value: ({ stat }) => stat[3] ?? '' },
  stime: {
    heading: 'STIME',
    value: (process, context) => instant(startTime(process, context)),
  },
  time: { heading: 'TIME', value: (process) => duration(seconds(process)) },
  tty: { heading: 'TTY', value: ({ stat }) => terminal(Number(stat[7])) },
  uid: { heading: 'UID', value: id('Uid', 1) },
  user: { heading: 'USER', value: userName(1) },
  vsz: { heading: 'VSZ', value: ({ status }) => status.get('VmSize')?.replace(/ kB$/, '') ?? '0' },
};

/** Names of ps(1) that stand for one of ours. */
const aliases: Record<string, string> = {
  '%cpu': 'pcpu',
  '%C': 'pcpu',
  '%G': 'group',
  '%P': 'ppid',
  '%U': 'user',
  '%a': 'args',
  '%c': 'comm',
  '%g': 'rgroup',
  '%n': 'nice',
  '%p': 'pid',
  '%r': 'pgid',
  '%t': 'etime',
  '%u': 'ruser',
  '%x': 'time',
  '%y': 'tty',
  '%z': 'vsz',
};

const standard = ['user', 'pid', 'ppid', 'pcpu', 'etime', 'tty', 'time', 'args'];

export const topDescriptors = Object.keys(columns).sort();

/** A heading and a row for each process. @throws UnknownDescriptor for what ps(1) may know */
export function containerTop(container: Container, descriptors: readonly string[]): { headings: string[]; rows: string[][] } {
  const typed = descriptors.flatMap((text) => text.split(',').map((name) => name.trim())).filter((name) => name !== '');
  const wanted = typed.length === 0 ? standard : typed;
  const chosen = wanted.map((name) => {
    const column = columns[aliases[name] ?? name];
    if (column === undefined) throw new UnknownDescriptor(name);
    return column;
  });
  using rootfs = new Rootfs(`/proc/${container.state.pid}/root`);
  const context: Context = { users: new UserDatabase(rootfs), bootTime: Number(/^btime (\d+)$/m.exec(readOr('/proc/stat'))?.[1]) };
  return {
    headings: chosen.map(({ heading }) => heading),
    rows: containerProcesses(container).map((process) => chosen.map(({ value }) => value(process, context))),
  };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/[\0\n]+$/, '');
  } catch {
    return '';
  }
}

/** The parent's pid as the container sees it; 0 for one outside. */
function parentOf(hostPid: number): string {
  const ids = /^NSpid:\s+(.*)$/m.exec(readOr(`/proc/${hostPid}/status`))?.[1]?.split(/\s+/);
  return ids === undefined || ids.length < 2 ? '0' : ids.at(-1)!;
}

function terminal(device: number): string {
  if (device === 0) return '?';
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  return major >= 136 && major <= 143 ? `pts/${minor + (major - 136) * 256}` : `tty${minor}`;
}

/** As Go prints a time, in UTC. @param seconds since 1970 */
function instant(seconds: number): string {
  const [date, time] = new Date(seconds * 1000).toISOString().slice(0, -1).split('T');
  return `${date} ${time!.replace(/\.?0+$/, '')} +0000 UTC`;
}

/** As Go prints a duration. */
function duration(total: number): string {
  if (total === 0) return '0s';
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = Number((total % 60).toFixed(9));
  if (total < 1) return `${Number((total * 1000).toFixed(6))}ms`;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}

const capabilityNamesByBit =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  );

function capabilityNames(bits: bigint): string {
  const known = (1n << BigInt(capabilityNamesByBit.length)) - 1n;
  if ((bits & known) === known) return 'full';
  return capabilityNamesByBit
    .filter((_, bit) => (bits >> BigInt(bit)) & 1n)
    .sort()
    .join(',');
}
