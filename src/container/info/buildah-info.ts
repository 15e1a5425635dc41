import { loadContainersConf } from '../../config/containers-conf.ts';
import { isRootless } from '../../config/paths.ts';
import type { Store } from '../../storage/store.ts';
import * as host from './host.ts';
import { graphRootUsage, graphStatus } from './store.ts';

/** What `buildah info` tells; keys sorted as buildah prints them. */
export function buildahInfo(store: Store): { host: object; store: object } {
  const { memFree, memTotal, swapFree, swapTotal } = host.memory();
  const { distribution, version } = host.distribution();
  const { options } = store;
  const { fileSystem } = graphRootUsage(options.graphRoot);
  return {
    host: {
      CgroupVersion: host.hasUnifiedCgroups() ? 'v2' : 'v1',
      Distribution: { distribution, version },
      MemFree: memFree,
      MemTotal: memTotal,
      OCIRuntime: loadContainersConf().engine.runtime,
      SwapFree: swapFree,
      SwapTotal: swapTotal,
      arch: host.hostArchitecture(),
      cpus: host.cpuCount(),
      hostname: host.hostName(),
      kernel: host.kernelVersion(),
      os: 'linux',
      rootless: isRootless(),
      uptime: shortUptime(host.uptimeSeconds()),
      variant: '',
    },
    store: {
      ContainerStore: { number: store.containers.list().length },
      GraphDriverName: options.driver,
      GraphImageStore: options.imageStore ?? '',
      GraphOptions: options.graphOptions.length > 0 ? options.graphOptions : null,
      GraphRoot: options.graphRoot,
      GraphStatus: graphStatus(options, fileSystem),
      GraphTransientStore: options.transientStore,
      ImageStore: { number: store.images.list().length },
      RunRoot: options.runRoot,
    },
  };
}

/** `1h 2m 3.45s (Approximately 0.04 days)`, parts that are zero left out as buildah does. */
function shortUptime(seconds: number): string {
  const hours = Math.trunc(seconds / 3600);
  const minutes = Math.trunc(seconds / 60) % 60;
  const rest = `${(seconds % 60).toFixed(2)}s`;
  if (hours === 0) return minutes === 0 ? rest : `${minutes}m ${rest}`;
  return `${hours}h ${minutes}m ${rest} (Approximately ${(hours / 24).toFixed(2)} days)`;
}
