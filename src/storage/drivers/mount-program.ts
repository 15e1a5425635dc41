import type { IdMap } from '../records.ts';
import type { DriverMountOptions } from './driver.ts';
import { MountProgramFailed } from './errors.ts';
import { mountData, type OverlayLayers, type OverlayMount } from './overlay-plan.ts';

/** Mounts with the program of storage.conf's mount_program, as fuse-overlayfs takes its options. */
export function runMountProgram(driver: OverlayLayers, plan: OverlayMount, { idMappings }: DriverMountOptions): void {
  const program = driver.mountProgram as string;
  const options = [mountData({ ...plan, extra: plan.extra.filter((option) => option !== 'metacopy=on') })];
  if (idMappings !== undefined) options.push(mapping('uid', idMappings.uids), mapping('gid', idMappings.gids));
  if (driver.forcedMask !== undefined) options.push('xattr_permissions=2');
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const result = spawnSync(program, ['-o', options.filter(Boolean).join(','), plan.target], {
    cwd: driver.home,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (result.error !== undefined) throw new MountProgramFailed(program, '', result.error.message);
  if (result.status !== 0) throw new MountProgramFailed(program, result.stderr.trim(), `exit status ${result.status}`);
}

function mapping(kind: 'uid' | 'gid', maps: IdMap[]): string {
  if (maps.length === 0) return '';
  if (maps.length === 1 && maps[0]?.size === 1) return `squash_to_${kind}=${maps[0].hostId}`;
  return `${kind}mapping=${maps.map((map) => `${map.containerId}:${map.hostId}:${map.size}`).join(':')}`;
}

/** @returns whether fusermount did it */
export function unmountWithProgram(target: string): boolean {
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  return ['fusermount3', 'fusermount'].some((program) => spawnSync(program, ['-u', target], { stdio: 'ignore' }).status === 0);
}
