import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ContainerConfig } from './container.ts';

/**
 * Lets the root of a container with a user namespace of its own pass through the directories that lead to what it is given: to the
 * runtime it is a stranger there. Only "pass through" is added, as podman does, never "list" or "read".
 */
export function letContainerRootPass(config: Pick<ContainerConfig, 'idMappings'>, paths: readonly string[]): void {
  const maps = config.idMappings;
  if (maps === undefined) return;
  const [uid, gid] = [rootOf(maps.uidMap), rootOf(maps.gidMap)];
  for (const path of paths) for (let at = path; at !== '/'; at = dirname(at)) letPass(at, uid, gid);
}

function letPass(path: string, uid: number | undefined, gid: number | undefined): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.uid === uid && stat.gid === gid)) return;
  if ((stat.mode & 0o111) !== 0o111) chmodSync(path, (stat.mode & 0o7777) | 0o111);
}

function rootOf(maps: readonly { containerID: number; hostID: number; size: number }[]): number | undefined {
  return maps.find((map) => map.containerID === 0)?.hostID;
}
