import { realpathSync } from 'node:fs';
import type { Container } from '../container/container.ts';
import { podmanStatus } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { currentSpec } from '../container/inspect.ts';
import { securityOptions } from '../container/inspect-host-config.ts';
import { inspectMounts } from '../container/inspect-mounts.ts';
import { portBindings } from '../container/inspect-network.ts';
import type { OciThrottleDevice } from '../container/oci-spec.ts';
import { infraOf } from './membership.ts';
import { containersOf, type Pod, podStatus } from './pod.ts';

/** All that is known of a pod: podman's InspectPodData, key for key and in its order. */
export function inspectPod(engine: ContainerEngine, pod: Pod): Record<string, unknown> {
  const containers = containersOf(engine, pod);
  const infra = infraOf(engine, pod);
  const { cpu = {}, memory = {}, blockIO = {} } = pod.resources;
  const shared = Object.entries(pod.shares).flatMap(([name, isShared]) => (isShared ? [name] : []));
  const spec = infra && currentSpec(infra);
  return {
    Id: pod.id,
    Name: pod.name,
    Created: pod.created,
    ...filled({ CreateCommand: pod.createCommand, ExitPolicy: pod.exitPolicy, State: podStatus(containers) }),
    Hostname: pod.hostname,
    ...filled({ Labels: pod.labels }),
    CreateCgroup: pod.sharesCgroup,
    ...filled({ CgroupParent: pod.cgroupParent, CgroupPath: pod.cgroupPath }),
    CreateInfra: infra !== undefined,
    ...filled({
      InfraContainerID: pod.infraId,
      InfraConfig: infra && infraConfig(pod, infra),
      SharedNamespaces: shared.sort(),
    }),
    NumContainers: containers.length,
    ...filled({
      Containers: containers
        .map(({ id, name, state }) => ({ Id: id, Name: name, State: podmanStatus(state.status) }))
        .sort((one, other) => (one.Id < other.Id ? -1 : 1)),
      cpu_period: cpu.period,
      cpu_quota: cpu.quota,
      cpu_shares: cpu.shares,
      cpuset_cpus: cpu.cpus,
      cpuset_mems: cpu.mems,
      mounts: infra && spec && inspectMounts(engine, infra, spec),
      device_read_bps: throttles(blockIO.throttleReadBpsDevice),
      device_write_bps: throttles(blockIO.throttleWriteBpsDevice),
      volumes_from: pod.volumesFrom,
      security_opt: spec && securityOptions(spec, spec.annotations ?? {}),
      memory_limit: memory.limit,
      memory_swap: memory.swap,
      blkio_weight: blockIO.weight,
      RestartPolicy: pod.restartPolicy,
    }),
    LockNumber: pod.number,
  };
}

function infraConfig(pod: Pod, infra: Container): object {
  const { network } = infra.config;
  const { cpu = {} } = pod.resources;
  const mode = /^(pasta|slirp4netns)/.exec(network.mode)?.[0];
  const listed = (values: readonly string[]) => (values.length > 0 ? values : null);
  return {
    PortBindings: portBindings(network.portMappings),
    HostNetwork: network.mode === 'host',
    StaticIP: '',
    StaticMAC: '',
    NoManageResolvConf: network.useImageResolvConf,
    DNSServer: listed(network.dnsServers),
    DNSSearch: listed(network.dnsSearch),
    DNSOption: listed(network.dnsOptions),
    NoManageHostname: network.noHostname,
    NoManageHosts: network.noHosts,
    HostAdd: listed(network.addedHosts),
    HostsFile: network.baseHostsFile ?? '',
    Networks: listed(network.networks.map(({ name }) => name)),
    NetworkOptions: mode !== undefined && network.modeOptions.length > 0 ? { [mode]: network.modeOptions } : null,
    ...filled({ cpu_period: cpu.period, cpu_quota: cpu.quota, cpuset_cpus: cpu.cpus }),
    pid_ns: namespaceText(infra, 'pid'),
    userns: namespaceText(infra, 'user'),
    uts_ns: namespaceText(infra, 'uts'),
  };
}

function namespaceText({ config }: Container, type: 'pid' | 'user' | 'uts'): string {
  const namespace = config.spec.linux?.namespaces?.find((candidate) => candidate.type === type);
  if (namespace === undefined) return 'host';
  return namespace.path ? `ns:${namespace.path}` : 'private';
}

function throttles(devices: readonly OciThrottleDevice[] = []): { Path: string; Rate: number }[] {
  return devices.map(({ major, minor, rate }) => ({ Path: devicePath(major, minor), Rate: rate }));
}

function devicePath(major: number, minor: number): string {
  for (const kind of ['block', 'char']) {
    try {
      return realpathSync(`/dev/${kind}/${major}:${minor}`);
    } catch {
      // not one of this kind, or nobody keeps these links
    }
  }
  return `${major}:${minor}`;
}

/** Without what is empty, as Go's `omitempty` has it. */
function filled(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (value === undefined || value === null || value === '' || value === 0) return false;
      return Array.isArray(value) ? value.length > 0 : typeof value !== 'object' || Object.keys(value).length > 0;
    }),
  );
}
