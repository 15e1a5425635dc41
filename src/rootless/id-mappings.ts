import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { rootlessUid, userName } from './identity.ts';

/** `size` ids from `containerId` inside are those from `hostId` outside. */
export interface IdMapping {
  containerId: number;
  hostId: number;
  size: number;
}

export interface IdMappings {
  uids: IdMapping[];
  gids: IdMapping[];
}

/** The user has no subordinate ids. */
export class NoSubordinateIds extends SelkieError {
  constructor(
    readonly user: string,
    readonly kind: 'subuid' | 'subgid',
  ) {
    super(`no ${kind} ranges found for user "${user}" in /etc/${kind}`);
  }
}

/** The mappings of the user namespace that we are in. */
export function rootlessIdMappings(): IdMappings {
  return { uids: readMap('/proc/self/uid_map'), gids: readMap('/proc/self/gid_map') };
}

function readMap(path: string): IdMapping[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [containerId = 0, hostId = 0, size = 0] = line.trim().split(/\s+/).map(Number);
      return { containerId, hostId, size };
    });
}

/**
 * A user's ranges in /etc/subuid or /etc/subgid, laid end to end from 0. An entry may name the user or give the uid.
 * @throws NoSubordinateIds
 */
export function subordinateIds(kind: 'subuid' | 'subgid', user = userName(), uid = rootlessUid()): IdMapping[] {
  let text = '';
  try {
    text = readFileSync(`/etc/${kind}`, 'utf8');
  } catch {
    // no file is the same as no range
  }
  const ranges = parseSubordinateIds(text, [user, String(uid)]);
  if (ranges.length === 0) throw new NoSubordinateIds(user, kind);
  return ranges;
}

/** The ranges of any of `owners` in a text of the form `owner:first:count`; lines of another form are passed over. */
export function parseSubordinateIds(text: string, owners: readonly string[]): IdMapping[] {
  let containerId = 0;
  return text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((fields) => fields.length === 3 && owners.includes(fields[0]!) && /^\d+$/.test(fields[1]!) && /^\d+$/.test(fields[2]!))
    .map((fields) => ({ hostId: Number(fields[1]), size: Number(fields[2]) }))
    .filter(({ size }) => size > 0)
    .map(({ hostId, size }) => {
      const mapping = { containerId, hostId, size };
      containerId += size;
      return mapping;
    });
}
