import { hostname } from 'node:os';
import type { PortMapping } from '../container/container.ts';
import { InvalidArgument } from '../container/create-errors.ts';
import type { CreateOptions } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { parseNetworkFlag, parseUserNamespace } from '../container/options/namespaces.ts';
import { parseSysctls } from '../container/options/sysctls.ts';
import type { CreatePodOptions } from '../pod/create.ts';
import { InvalidKube } from './errors.ts';
import type { KubeContainer, PodSpec, PodTemplate } from './objects.ts';
import type { PlayOptions } from './play.ts';

export const defaultNetwork = 'podman-default-kube-network';

const restartPolicies: Record<string, string> = { Always: 'always', OnFailure: 'on-failure', Never: 'no' };

/** podman's name of the restart policy of a pod's YAML. */
export const restartPolicyOf = ({ restartPolicy }: PodSpec): string => restartPolicies[restartPolicy ?? 'Always'] ?? 'always';

/** Kept with the infra container, for a YAML that is generated of it. */
const usernsAnnotation = 'io.podman.annotations.userns';

/** A pod's YAML as options of the library. @param index how many pods were played before  @throws InvalidKube */
export function podOptions(
  engine: ContainerEngine,
  name: string,
  { metadata, spec }: PodTemplate,
  annotations: Record<string, string>,
  options: PlayOptions,
  index: number,
): CreatePodOptions {
  const host = spec.hostname || (spec.hostNetwork ? hostname() : name);
  const userns = usernsOf(name, spec, annotations, options);
  const infra: CreateOptions = {
    image: engine.conf.engine.infra_image,
    ...(metadata.annotations?.['io.podman.annotations.infra.name']
      ? { name: metadata.annotations['io.podman.annotations.infra.name'] }
      : {}),
    ...(spec.hostNetwork ? {} : { hostname: host }),
    readOnly: true,
    userns: parseUserNamespace(userns),
    annotations: { [usernsAnnotation]: userns },
    sdnotifyMode: 'ignore',
    ...(spec.hostPID ? { pid: { kind: 'host' } } : {}),
    ...(spec.hostIPC ? { ipc: { kind: 'host' } } : {}),
    ...(spec.hostNetwork ? { uts: { kind: 'host' } } : {}),
    ...networkOptions(engine, spec, options, index),
    ...(options.noHosts === undefined ? {} : { noHosts: options.noHosts }),
    ...(options.noHostname ? { noHostname: true } : {}),
    addHosts: hostAliases(spec, options),
    dnsServers: spec.dnsConfig?.nameservers ?? [],
    dnsSearch: spec.dnsConfig?.searches ?? [],
    dnsOptions: (spec.dnsConfig?.options ?? []).map(({ name: key, value }) => (value === undefined ? key : `${key}:${value}`)),
    ports: mergePorts(podPorts(spec.containers ?? [], options.publishAll), options.ports),
    sysctl: parseSysctls((spec.securityContext?.sysctls ?? []).map((sysctl) => `${sysctl.name}=${sysctl.value}`)),
  };
  return {
    name,
    labels: { ...metadata.labels },
    hostname: host,
    exitPolicy: 'stop',
    restartPolicy: restartPolicyOf(spec),
    share: ['ipc', 'net', 'uts', ...(spec.shareProcessNamespace ? ['pid'] : [])],
    createCommand: [],
    infra,
  };
}

function usernsOf(name: string, spec: PodSpec, annotations: Record<string, string>, options: PlayOptions): string {
  if (options.userns) return options.userns;
  const asked = annotations[usernsAnnotation] ?? annotations[`${usernsAnnotation}/${name}`] ?? (spec.hostUsers === false ? 'auto' : 'host');
  return asked === 'private' ? 'auto' : asked;
}

function networkOptions(engine: ContainerEngine, spec: PodSpec, options: PlayOptions, index: number): Partial<CreateOptions> {
  if (spec.hostNetwork && options.networks.length === 0) return { network: { kind: 'host' } };
  const asked = options.networks.length > 0 ? [...options.networks] : [defaultNetwork];
  const { mode, networks, modeOptions } = parseNetworkFlag(asked, engine.conf.containers.netns);
  const isBridge = mode.kind === 'bridge';
  for (const [what, values, text] of [
    ['ip addresses', options.ips, 'ip=<ip> syntax to specify ips'],
    ['mac address', options.macs, 'mac=<mac> syntax to specify mac'],
  ] as const) {
    const value = values[index];
    if (value === undefined) continue;
    if (!isBridge) throw new InvalidArgument(`static ${what} can only be set when the network mode is bridge`);
    if (networks.length !== 1)
      throw new InvalidArgument(`cannot set static ${what} for more than network, use netname:${text} for more than network`);
    const { options: own } = networks[0]!;
    if (what === 'mac address') own.staticMac = value;
    else own.staticIps = [...(own.staticIps ?? []), value];
  }
  const aliases = (spec.containers ?? []).flatMap((container) => container.name || []);
  for (const network of networks) network.options.aliases = [...(network.options.aliases ?? []), ...aliases];
  return { network: mode, networks, networkModeOptions: modeOptions };
}

function hostAliases({ hostAliases: aliases }: PodSpec, { noHosts }: PlayOptions): string[] {
  if (!aliases?.length) return [];
  if (noHosts) throw new InvalidKube('HostAliases in yaml file will not work with --no-hosts');
  return aliases.flatMap(({ ip, hostnames = [] }) => hostnames.map((host) => `${host}:${ip}`));
}

function podPorts(containers: readonly KubeContainer[], publishAll: boolean): PortMapping[] {
  return containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ containerPort = 0, hostPort = 0, hostIP = '', protocol = 'tcp' }) => {
      const inside = containerPort || hostPort;
      const outside = hostPort || (publishAll ? containerPort : 0);
      if (outside === 0) return [];
      return [{ hostIp: hostIP, containerPort: inside, hostPort: outside, range: 1, protocol: protocol.toLowerCase() }];
    }),
  );
}

/** What `--publish` says of a port takes the place of what the file says. */
function mergePorts(ofFile: readonly PortMapping[], given: readonly PortMapping[]): PortMapping[] {
  const isGiven = ({ containerPort, protocol }: PortMapping) =>
    given.some(
      (port) =>
        containerPort >= port.containerPort &&
        containerPort < port.containerPort + Math.max(1, port.range) &&
        (port.protocol || 'tcp') === (protocol || 'tcp'),
    );
  return [...given, ...ofFile.filter((port) => !isGiven(port))];
}
