import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { isRootless, rootlessGid, rootlessUid } from '../../config/paths.ts';
import { SelkieError } from '../../errors.ts';
import type { Container } from '../container.ts';
import type { OciMount } from '../oci-spec.ts';
import { parseGroup, type UserDatabase } from '../spec/user-lookup.ts';
import type { Rootfs } from './rootfs.ts';

/** Copies of passwd and group to be bound over those of a read-only root. */
export interface PasswdBinds {
  passwd?: string;
  group?: string;
}

interface HostUser {
  name: string;
  uid: string;
  gid: string;
  fullName: string;
  home: string;
}

/**
 * Gives the container's user, and host users that were asked for, entries in /etc/passwd and /etc/group. A writable root's own files
 * are appended to, so that useradd can still rename over them; for a read-only root copies are written beside the container.
 * Repeatable: an entry that is there is not added again.
 */
export function writePasswdAndGroup(container: Container, rootfs: Rootfs, users: UserDatabase): PasswdBinds {
  const { config } = container;
  const binds: PasswdBinds = {};
  if (!config.addCurrentUserPasswdEntry && config.user === '' && config.hostUsers.length === 0 && !config.groupEntry) return binds;
  const mounts = config.spec.mounts ?? [];
  const has = (destination: string) => mounts.some((mount) => mount.destination === destination);
  if (!has('/etc/passwd')) {
    const added = describing('passwd', container, () => passwdEntries(container, users));
    if (added !== '') binds.passwd = addTo('/etc/passwd', added, 0o600, container, rootfs);
  }
  if (!has('/etc/group')) {
    const added = describing('group', container, () => groupEntries(container, users));
    if (added !== '') binds.group = addTo('/etc/group', added, 0o600, container, rootfs);
  }
  return Object.fromEntries(Object.entries(binds).filter(([, path]) => path !== undefined));
}

function describing<T>(file: string, { config }: Container, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    throw new SelkieError(`creating temporary ${file} file for container ${config.id}: ${error.message}`, { cause: error });
  }
}

function addTo(file: string, added: string, mode: number, container: Container, rootfs: Rootfs): string | undefined {
  if (!container.config.readOnly) {
    rootfs.appendFile(file, added, mode);
    return undefined;
  }
  const copy = posix.join(container.config.staticDir, posix.basename(file));
  writeFileSync(copy, (rootfs.readFile(file) ?? '') + added, { mode: 0o644 });
  return copy;
}

function passwdEntries(container: Container, users: UserDatabase): string {
  const { config } = container;
  let added = '';
  let addedUid = 0;
  for (const name of config.hostUsers) {
    const user = hostUser(name);
    if (!user) throw new SelkieError(`user: unknown user ${name}`);
    added += hostUserEntry(user, container, users);
  }
  if (config.addCurrentUserPasswdEntry && isRootless()) {
    const user = hostUser(String(rootlessUid()));
    if (user) added += hostUserEntry(user, container, users);
    addedUid = rootlessUid();
  }
  return added + containerUserEntry(container, users, addedUid);
}

/** An entry for the numeric user that the container runs as, where the image has none. */
function containerUserEntry(container: Container, users: UserDatabase, addedUid: number): string {
  const { config } = container;
  const [userText = '', groupText] = config.user.split(':');
  if (!/^[0-9]+$/.test(userText)) return '';
  const uid = Number(userText);
  if ((addedUid !== 0 && uid === addedUid) || users.passwd.some((entry) => entry.uid === uid)) return '';
  const gid = groupText ? groupIdOf(groupText, users) : 0;
  if (config.passwdEntry)
    return expandPasswdEntry(config.passwdEntry, {
      name: userText,
      uid: userText,
      gid: String(gid),
      fullName: 'container user',
      home: config.workdir,
    });
  const known = hostUser(userText);
  const [name, fullName] = known ? [known.name, known.fullName] : [userText, 'container user'];
  return safeEntry(`${name}:*:${uid}:${gid}:${fullName}:${config.workdir}:/bin/sh`);
}

function groupIdOf(text: string, users: UserDatabase): number {
  if (/^[0-9]+$/.test(text)) return Number(text);
  const group = users.groups.find((entry) => entry.name === text);
  if (!group) throw new SelkieError(`unable to get gid ${text} from group file: no matching entries in group file`);
  return group.gid;
}

function hostUserEntry(user: HostUser, container: Container, users: UserDatabase): string {
  if (users.passwd.some((entry) => entry.name === user.name || String(entry.uid) === user.uid)) return '';
  const { config } = container;
  const home = isMounted(user.home, config.spec.mounts ?? []) || config.userVolumes.includes(user.home) ? user.home : config.workdir;
  if (config.passwdEntry) return expandPasswdEntry(config.passwdEntry, { ...user, home });
  return safeEntry(`${user.name}:*:${user.uid}:${user.gid}:${user.fullName}:${home}:/bin/sh`);
}

function isMounted(path: string, mounts: readonly OciMount[]): boolean {
  for (let at = path; at !== '/' && at !== '.' && at !== ''; at = posix.dirname(at)) {
    if (mounts.some((mount) => mount.destination === at)) return true;
  }
  return false;
}

function expandPasswdEntry(template: string, user: HostUser): string {
  return safeEntry(
    template
      .replaceAll('$USERNAME', user.name)
      .replaceAll('$UID', user.uid)
      .replaceAll('$GID', user.gid)
      .replaceAll('$NAME', user.fullName)
      .replaceAll('$HOME', user.home),
  );
}

/** A line break inside would be a second user, chosen by whoever named the directory (CVE-2022-4318). */
function safeEntry(entry: string): string {
  if (/[\n\r\0]/.test(entry)) throw new SelkieError('passwd and group entries cannot contain line breaks');
  return `${entry}\n`;
}

function groupEntries(container: Container, users: UserDatabase): string {
  const { config } = container;
  let added = '';
  let addedGid = -1;
  if (config.addCurrentUserPasswdEntry && isRootless()) {
    const gid = rootlessGid();
    const name = hostGroupName(gid);
    const isKnown = users.groups.some((entry) => entry.gid === gid || entry.name === name);
    if (name !== undefined && !isKnown) {
      added += safeEntry(`${name}:x:${gid}:${hostUser(String(rootlessUid()))?.name ?? ''}`);
      addedGid = gid;
    }
  }
  if (config.user === '' && !config.groupEntry) return added;
  const [userText = '', groupText = '0'] = config.user.split(':');
  if (!/^[0-9]+$/.test(groupText)) return added;
  const gid = Number(groupText);
  if (gid === addedGid || users.groups.some((entry) => entry.gid === gid)) return added;
  if (config.groupEntry)
    return added + safeEntry(config.groupEntry.replaceAll('$GROUPNAME', '').replaceAll('$GID', groupText).replaceAll('$USERLIST', ''));
  return added + safeEntry(`${gid}:x:${gid}:${userText}`);
}

/** A user of the host by name or uid. */
export function hostUser(nameOrUid: string): HostUser | undefined {
  for (const line of readHost('/etc/passwd')) {
    const [name = '', , uid = '', gid = '', gecos = '', home = ''] = line.split(':');
    if (name === nameOrUid || uid === nameOrUid) return { name, uid, gid, fullName: gecos.split(',')[0] ?? '', home };
  }
  return undefined;
}

function hostGroupName(gid: number): string | undefined {
  return parseGroup(readHost('/etc/group').join('\n')).find((entry) => entry.gid === gid)?.name;
}

function readHost(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
