import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { OciIdMapping, OciMount } from '../oci-spec.ts';
import { toHostId } from './id-mappings.ts';
import { relabelSource } from './labels.ts';
import type { ProcessUser } from './user-lookup.ts';

/**
 * Options that are ours to carry out: `U` gives a source to the process's user, `idmap` becomes mappings, `no-dereference` gets the
 * runtime's word; `z` and `Z` label the source
 * where the host has SELinux; `copy` and `nocopy` are done with.
 */
export function finishMountOptions(mounts: OciMount[], container: Container, user: ProcessUser): void {
  const { config, state } = container;
  const { uidMap = [], gidMap = [] } = config.idMappings ?? {};
  for (const mount of mounts) {
    if (mount.options === undefined) continue;
    const kept: string[] = [];
    for (const option of mount.options) {
      if (option === 'idmap' || option.startsWith('idmap=')) {
        Object.assign(mount, parseIdMapOption(option, uidMap, gidMap));
      } else if (option === 'U') {
        if (mount.type === 'tmpfs') kept.push(`uid=${user.uid}`, `gid=${user.gid}`);
        else if (state.status === 'configured') chownTree(mount.source ?? '', toHostId(user.uid, uidMap), toHostId(user.gid, gidMap));
      } else if (option === 'no-dereference') kept.push('copy-symlink');
      else if (option === 'z' || option === 'Z') {
        if (mount.source !== undefined && mount.type !== 'tmpfs') relabelSource(mount.source, config.mountLabel, option === 'z');
      } else if (option !== 'copy' && option !== 'nocopy') kept.push(option);
    }
    mount.options = kept;
  }
}

const protectedPlaces = [
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/lib',
  '/lib64',
  '/media',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
  '/var/lib',
  '/var/log',
];

/** Changes the owner of a directory and all in it, links themselves included. @throws InvalidOption for places of the system */
export function chownTree(path: string, uid: number, gid: number): void {
  if (protectedPlaces.includes(path))
    throw new InvalidOption(
      `chowning host path ${JSON.stringify(path)} is not allowed. You can manually \`chown -R ${uid}:${gid} ${path}\``,
    );
  const stat = lstatSync(path);
  if (stat.uid !== uid || stat.gid !== gid) lchownSync(path, uid, gid);
  if (stat.isDirectory()) for (const name of readdirSync(path)) chownBelow(join(path, name), uid, gid);
}

function chownBelow(path: string, uid: number, gid: number): void {
  const stat = lstatSync(path);
  if (stat.uid !== uid || stat.gid !== gid) lchownSync(path, uid, gid);
  if (stat.isDirectory()) for (const name of readdirSync(path)) chownBelow(join(path, name), uid, gid);
}

/** `idmap` (the container's own mappings) or `idmap=uids=C-H-N#…;gids=…`, where `@C` is relative to the container's. */
export function parseIdMapOption(
  option: string,
  uidMap: readonly OciIdMapping[],
  gidMap: readonly OciIdMapping[],
): { uidMappings: OciIdMapping[]; gidMappings: OciIdMapping[] } {
  const mappings = { uidMappings: [...uidMap], gidMappings: [...gidMap] };
  if (option === 'idmap') return mappings;
  for (const part of option.slice('idmap='.length).split(';')) {
    if (part.startsWith('uids=')) mappings.uidMappings = parseRanges(part.slice(5), uidMap);
    else if (part.startsWith('gids=')) mappings.gidMappings = parseRanges(part.slice(5), gidMap);
    else throw new InvalidOption(`unknown option ${JSON.stringify(part)}`);
  }
  return mappings;
}

function parseRanges(text: string, own: readonly OciIdMapping[]): OciIdMapping[] {
  return text.split('#').map((range) => {
    if (range === '') throw new InvalidOption(`invalid empty range for ${JSON.stringify(text)}`);
    const match = /^(@?)(-?\d+)-(-?\d+)-(-?\d+)$/.exec(range);
    if (!match) throw new InvalidOption('input does not match format');
    const [containerID = 0, hostID = 0, size = 0] = match.slice(2).map(Number);
    if (containerID < 0 || hostID < 0 || size < 1) throw new InvalidOption(`invalid value for ${JSON.stringify(text)}`);
    if (match[1] === '') return { containerID, hostID, size };
    const holder = own.find((candidate) => hostID >= candidate.containerID && hostID < candidate.containerID + candidate.size);
    if (!holder) throw new InvalidOption(`could not find a user namespace mapping for the relative mapping ${JSON.stringify(text)}`);
    return { containerID, hostID: hostID + holder.hostID - holder.containerID, size };
  });
}
