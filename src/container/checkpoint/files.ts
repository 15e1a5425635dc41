import { join } from 'node:path';
import type { ContainerConfig } from '../container.ts';

/** What a checkpoint consists of, in the container's directory and in an archive of it. The names are podman's. */
export const checkpointFiles = {
  images: 'checkpoint',
  earlierImages: 'pre-checkpoint',
  volumes: 'volumes',
  artifacts: 'artifacts',
  sharedMemory: 'devshm-checkpoint.tar',
  config: 'config.dump',
  spec: 'spec.dump',
  network: 'network.status',
  rootfs: 'rootfs-diff.tar',
  deleted: 'deleted.files',
  dumpStatistics: 'stats-dump',
  restoreStatistics: 'stats-restore',
  dumpLog: 'dump.log',
  restoreLog: 'restore.log',
  log: 'ctr.log',
} as const;

export const inCheckpoint = ({ staticDir }: Pick<ContainerConfig, 'staticDir'>, name: keyof typeof checkpointFiles): string =>
  join(staticDir, checkpointFiles[name]);
