import { isRootless } from '../../config/paths.ts';
import { OsError } from '../../os/libc.ts';
import { mountFlags } from '../../os/statvfs.ts';
import { InvalidOption } from '../create-errors.ts';
import type { OciMount } from '../oci-spec.ts';
import { cleanPath } from '../options/volume-options.ts';

const duplicate = (text: string) => new InvalidOption(`${text}: duplicate mount option passed`);
const bad = (text: string) => new InvalidOption(`${text}: invalid mount option`);

const groups: { members: string[]; text: string }[] = [
  { members: ['copy', 'nocopy'], text: "only one of 'nocopy' and 'copy' can be used" },
  { members: ['exec', 'noexec'], text: "only one of 'noexec' and 'exec' can be used" },
  { members: ['suid', 'nosuid'], text: "only one of 'nosuid' and 'suid' can be used" },
  { members: ['nodev', 'dev'], text: "only one of 'nodev' and 'dev' can be used" },
  { members: ['rw', 'ro'], text: "only one of 'rw' and 'ro' can be used" },
  {
    members: ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared', 'unbindable', 'runbindable'],
    text: 'only one root propagation mode can be used',
  },
  { members: ['size'], text: 'only one tmpfs size can be specified' },
  { members: ['mode'], text: 'only one tmpfs mode can be specified' },
  { members: ['tmpcopyup', 'notmpcopyup'], text: "the 'tmpcopyup' or 'notmpcopyup' option can only be set once" },
  { members: ['noswap'], text: "the 'tmpswap' option can only be set once" },
  { members: ['no-dereference'], text: "the 'no-dereference' option can only be set once" },
  { members: ['bind', 'rbind'], text: "only one of 'rbind' and 'bind' can be used" },
  { members: ['z', 'Z'], text: "only one of 'z' and 'Z' can be used" },
  { members: ['U'], text: "the 'U' option can only be set once" },
  { members: ['idmap'], text: "the 'idmap' option can only be set once" },
];
const tmpfsOnly = ['size', 'mode', 'tmpcopyup', 'notmpcopyup', 'noatime'];
const repeatable = ['O', 'volume-opt', 'noatime'];

/** Checks the options of a bind or tmpfs mount and adds the defaults that podman gives. `source` is that of a bind. */
export function processMountOptions(options: readonly string[], isTmpfs: boolean, source: string): string[] {
  const seen = new Set<(typeof groups)[number]>();
  const found = (member: string) => [...seen].some((group) => group.members.includes(member));
  const result: string[] = [];
  let overlay = false;
  let recursive = true;
  for (const option of options) {
    const key = option.split('=')[0] ?? '';
    if ((overlay && (option.includes('upperdir') || option.includes('workdir'))) || key.startsWith('subpath')) {
      result.push(option);
      continue;
    }
    if (key === 'consistency') continue;
    const name = key.startsWith('idmap') ? 'idmap' : key;
    const group = groups.find((candidate) => candidate.members.includes(name));
    if (!group && !repeatable.includes(name)) throw bad(`unknown mount option ${JSON.stringify(option)}`);
    checkKind(name, isTmpfs);
    if (group && seen.has(group)) throw duplicate(group.text);
    if (group) seen.add(group);
    if (name === 'O') overlay = true;
    if (name === 'bind') recursive = false;
    if (name === 'notmpcopyup') continue;
    result.push(option);
  }
  if (!found('rprivate')) result.push(recursive ? 'rprivate' : 'private');
  const defaults = defaultFlags(source);
  if (!found('exec') && defaults.noexec) result.push('noexec');
  if (!found('suid') && defaults.nosuid) result.push('nosuid');
  if (!found('dev') && defaults.nodev) result.push('nodev');
  if (isTmpfs && !found('tmpcopyup')) result.push('tmpcopyup');
  if (!isTmpfs && !found('bind')) result.push('rbind');
  return result;
}

function checkKind(name: string, isTmpfs: boolean): void {
  if (!isTmpfs && tmpfsOnly.includes(name)) throw bad(`the '${name}' option is only allowed with tmpfs mounts`);
  if (name === 'noswap') {
    if (!isTmpfs) throw bad("the 'noswap' option is only allowed with tmpfs mounts");
    if (isRootless()) throw bad("the 'noswap' option is only allowed with rootful tmpfs mounts");
  }
  if (isTmpfs && (name === 'bind' || name === 'rbind')) throw bad("the 'bind' and 'rbind' options are not allowed with tmpfs mounts");
  if (isTmpfs && (name === 'z' || name === 'Z')) throw bad("the 'z' and 'Z' options are not allowed with tmpfs mounts");
}

/** A bind keeps what its file system forbids; a tmpfs has neither devices nor setuid. */
function defaultFlags(source: string): { noexec: boolean; nosuid: boolean; nodev: boolean } {
  if (source === '') return { noexec: false, nosuid: true, nodev: true };
  try {
    return mountFlags(source);
  } catch (error) {
    if (error instanceof OsError)
      throw new InvalidOption(`statfs ${source}: ${error.message.replace(/^statfs [^:]*: /, '')}`, { cause: error });
    throw error;
  }
}

/** Gives the binds and tmpfs mounts of a spec their full options. */
export function completeMountOptions(mounts: OciMount[]): void {
  for (const mount of mounts) {
    if (mount.type === 'bind') mount.options = processMountOptions(mount.options ?? [], false, mount.source ?? '');
    else if (mount.type === 'tmpfs' && cleanPath(mount.destination) !== '/dev')
      mount.options = processMountOptions(mount.options ?? [], true, '');
  }
}
