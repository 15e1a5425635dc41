import { SelkieError } from '../../errors.ts';
import { Rootfs, RootfsFileTooLarge } from '../rootfs-files/rootfs.ts';

const maxId = 2 ** 31 - 1;

export class UserLookupError extends SelkieError {}

const outOfRange = () => new UserLookupError('uids and gids must be in range 0-2147483647');

export interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

export interface GroupEntry {
  name: string;
  gid: number;
  members: string[];
}

export interface ProcessUser {
  uid: number;
  gid: number;
  home: string;
  /** Groups that list the user; empty when a group was named. */
  supplementary: number[];
}

/** The container's own user database, read at most once each; a bind over /etc/passwd or /etc/group is read in its place. */
export class UserDatabase {
  private passwdEntries: PasswdEntry[] | undefined;
  private groupEntries: GroupEntry[] | undefined;

  constructor(
    private readonly rootfs: Rootfs,
    private readonly overrides: { passwd?: string; group?: string } = {},
  ) {}

  get passwd(): PasswdEntry[] {
    this.passwdEntries ??= parsePasswd(this.read('/etc/passwd', this.overrides.passwd));
    return this.passwdEntries;
  }

  get groups(): GroupEntry[] {
    this.groupEntries ??= parseGroup(this.read('/etc/group', this.overrides.group));
    return this.groupEntries;
  }

  private read(path: string, override: string | undefined): string {
    if (override === undefined) return this.rootfs.readFile(path) ?? '';
    const slash = override.lastIndexOf('/');
    try {
      using directory = new Rootfs(override.slice(0, slash) || '/');
      return directory.readFile(override.slice(slash + 1)) ?? '';
    } catch (error) {
      if (error instanceof RootfsFileTooLarge) throw error;
      return '';
    }
  }

  /** Who `USER`, `USER:GROUP`, `UID`, `UID:GID` or nothing is. @throws UserLookupError */
  find(spec: string): ProcessUser {
    const [userText = '', groupText = ''] = spec.split(':');
    const uid = numericId(userText);
    const entry = this.passwd.find((candidate) =>
      userText === '' ? candidate.uid === 0 : uid !== undefined ? candidate.uid === uid : candidate.name === userText,
    );
    const user: ProcessUser = { uid: 0, gid: 0, home: '/', supplementary: [] };
    if (entry) {
      checkRange(entry.uid, entry.gid);
      user.uid = entry.uid;
      user.gid = entry.gid;
      user.home = entry.home;
    } else if (userText !== '') {
      if (uid === undefined) throw new UserLookupError(`unable to find user ${userText}: no matching entries in passwd file`);
      checkRange(uid);
      user.uid = uid;
    }
    if (groupText !== '') user.gid = this.groupId(groupText);
    else if (entry) user.supplementary = this.groups.filter((group) => group.members.includes(entry.name)).map((group) => group.gid);
    checkRange(...user.supplementary);
    return user;
  }

  private groupId(text: string): number {
    const gid = numericId(text);
    const group = this.groups.find((candidate) => (gid !== undefined ? candidate.gid === gid : candidate.name === text));
    if (!group && gid === undefined) throw new UserLookupError(`unable to find group ${text}: no matching entries in group file`);
    const found = group?.gid ?? gid ?? 0;
    checkRange(found);
    return found;
  }

  /** The ids of `--group-add` values. @param whose said in errors */
  groupIds(names: readonly string[], whose = ''): number[] {
    const found = new Set<number>();
    for (const name of names) {
      const group = this.groups.find((candidate) => candidate.name === name || String(candidate.gid) === name);
      if (group) found.add(group.gid);
      else {
        if (!/^[+-]?[0-9]+$/.test(name))
          throw new UserLookupError(
            `looking up supplemental groups${whose}: unable to find group ${name}: no matching entries in group file`,
          );
        const gid = Number(name);
        checkRange(gid);
        found.add(gid);
      }
    }
    checkRange(...found);
    return [...found];
  }
}

/**
 * A decimal id. Leading zeros and anything out of an integer's range are refused rather than reinterpreted: a number that wraps
 * or is read differently by two programs could become root (CVE-2024-40635).
 */
export function numericId(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  if (/^[+-]?0[0-9]/.test(text)) throw outOfRange();
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw outOfRange();
  return value;
}

function checkRange(...ids: number[]): void {
  for (const id of ids) if (!(id >= 0 && id <= maxId)) throw outOfRange();
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

const idField = (text: string | undefined): number => (text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : 0);

export function parsePasswd(text: string): PasswdEntry[] {
  return lines(text).map((line) => {
    const [name = '', , uid, gid, , home = ''] = line.trim().split(':');
    return { name, uid: idField(uid), gid: idField(gid), home };
  });
}

export function parseGroup(text: string): GroupEntry[] {
  return lines(text).map((line) => {
    const [name = '', , gid, members = ''] = line.trim().split(':');
    return { name, gid: idField(gid), members: members.split(',').filter((member) => member !== '') };
  });
}
