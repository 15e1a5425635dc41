import type { UserModeNetwork } from '../network/user-mode.ts';
import type { ContainerState } from './container.ts';

/**
 * What is known of a container only when it is initialized, for `spec/finish.ts`:
 *
 *   finishSpec(engine, container, request): OciSpec   — the whole spec for config.json. The rootfs and /dev/shm (`staticDir/shm`, where
 *     `shmSize` > 0) are mounted already; named volumes are mounted by it (and unmounted by `releaseMounts`). It writes hosts,
 *     resolv.conf, hostname, .containerenv, secrets and the like into `runDir`, and sets `container.state.bindMounts`.
 *   writeNetworkFiles(engine, container, request): void — hosts and resolv.conf once more, in place, when the addresses are known:
 *     netavark works while the runtime creates the container. Called before `start`, only for bridge networks.
 *   releaseMounts(engine, container): void — undoes finishSpec's mounts at clean-up; repeatable.
 */
export interface FinishRequest {
  /** Path of the mounted root. */
  rootfs: string;
  /** Path of the network namespace to join; empty where there is none (host). */
  netnsPath: string;
  /** netavark's answer; undefined until it is known. */
  networkStatus?: ContainerState['networkStatus'];
  /** pasta's or slirp4netns's addresses. */
  userMode?: UserModeNetwork;
}
