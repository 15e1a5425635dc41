import { join } from 'node:path';
import type { ContainersConf } from '../config/containers-conf.ts';
import { isRootless, runtimeDir } from '../config/paths.ts';
import type { NetworkPaths } from './types.ts';

/**
 * Where networks are kept. Root has one set for all stores, as there is one host network namespace; a user has one in each store.
 * @param configDir `--network-config-dir`
 */
export function networkPaths(store: { graphRoot: string; runRoot: string }, conf: ContainersConf, configDir?: string): NetworkPaths {
  const given = configDir || conf.network.network_config_dir;
  if (!isRootless()) {
    return { configDir: given || '/etc/containers/networks', runDir: '/run/containers/networks', lock: '/run/lock/netavark.lock' };
  }
  const directory = given || join(store.graphRoot, 'networks');
  return { configDir: directory, runDir: join(store.runRoot, 'networks'), lock: join(directory, 'netavark.lock') };
}

/** Where network namespaces are mounted. */
export const netnsDir = (): string => (isRootless() ? join(runtimeDir(), 'netns') : '/run/netns');
