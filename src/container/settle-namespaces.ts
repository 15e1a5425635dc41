import { existsSync } from 'node:fs';
import type { ContainersConf } from '../config/containers-conf-types.ts';
import { isRootless } from '../config/paths.ts';
import type { Container, ContainerNamespaces, NamespaceMode } from './container.ts';
import { InvalidArgument, InvalidConfiguration, InvalidOption } from './create-errors.ts';
import type { CreateOptions, NamespaceChoice, PodMembership } from './create-options.ts';
import { parseIpcNamespace, parseNamespace, parseNetworkFlag, parseUserNamespace } from './options/namespaces.ts';
import type { SettledNamespaces } from './spec/namespaces.ts';

/** Puts the pod's or containers.conf's choice in the place of every namespace that was not asked for. */
export function settleNamespaces(options: CreateOptions, conf: ContainersConf): SettledNamespaces {
  const { containers } = conf;
  const pod = options.pod?.infraId === undefined ? undefined : options.pod;
  const settled: SettledNamespaces = {
    pid: given(options.pid) ?? fromPod(pod, 'pid') ?? parseNamespace(containers.pidns),
    ipc: given(options.ipc) ?? fromPod(pod, 'ipc') ?? parseIpcNamespace(containers.ipcns),
    uts: given(options.uts) ?? fromPod(pod, 'uts') ?? parseNamespace(containers.utsns),
    user: given(options.userns) ?? fromPod(pod, 'user') ?? parseUserNamespace(containers.userns),
    cgroup: given(options.cgroupns) ?? fromPod(pod, 'cgroup') ?? cgroupNamespace(containers.cgroupns),
    net: given(options.network) ?? fromPod(pod, 'net') ?? parseNetworkFlag([], containers.netns).mode,
  };
  if (pod?.hostNetwork && settled.net.kind === 'pod') settled.net = { kind: 'host' };
  if (settled.net.kind === 'private') settled.net = { kind: isRootless() ? rootlessNetwork(conf) : 'bridge' };
  return settled;
}

const given = (choice: NamespaceChoice | undefined): NamespaceChoice | undefined =>
  choice === undefined || choice.kind === 'default' ? undefined : choice;

function fromPod(pod: PodMembership | undefined, name: keyof PodMembership['shares']): NamespaceChoice | undefined {
  return pod?.shares[name] ? { kind: 'pod' } : undefined;
}

/** With version 1 of cgroups the container sees the host's hierarchy. */
function cgroupNamespace(text: string): NamespaceChoice {
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) return { kind: 'host' };
  if (text === 'host') return { kind: 'host' };
  if (text === 'private' || text === '') return { kind: 'private' };
  throw new InvalidOption(`unrecognized cgroup namespace mode ${text} passed`);
}

function rootlessNetwork(conf: ContainersConf): 'pasta' | 'slirp4netns' {
  const command = conf.network.default_rootless_network_cmd;
  if (command === 'pasta' || command === '') return 'pasta';
  if (command === 'slirp4netns') return 'slirp4netns';
  throw new InvalidOption(`invalid default_rootless_network_cmd option ${JSON.stringify(command)}`);
}

/** Refuses combinations that cannot be. @throws InvalidConfiguration */
export function validateNamespaces(options: CreateOptions, settled: SettledNamespaces): void {
  const { pid, ipc, uts, user, cgroup, net } = settled;
  const fail = (text: string) => {
    throw new InvalidConfiguration(text);
  };
  if (options.pod && net.kind === 'pod') {
    const onPod = 'network cannot be configured when it is shared with a pod';
    if (options.networks?.length) fail(`networks must be defined when the pod is created: ${onPod}`);
    if (options.ports?.length || options.publishAll) fail(`published or exposed ports must be defined when the pod is created: ${onPod}`);
    if (options.addHosts?.length) fail(`extra host entries must be specified on the pod: ${onPod}`);
  }
  if (options.pod?.infraId !== undefined && (options.idMappings || !['host', 'pod', 'default'].includes(options.userns?.kind ?? 'default')))
    throw new InvalidArgument('cannot set user namespace mode when joining pod with infra container');
  if (net.kind === 'container' && options.addHosts?.length)
    fail('cannot set extra host entries when the container is joined to another containers network namespace: invalid configuration');
  if (options.hostname && uts.kind !== 'private') {
    const where = uts.kind === 'pod' ? 'joining the pod' : 'running in the host';
    fail(`cannot set hostname when ${where} UTS namespace: invalid configuration`);
  }
  if (options.shmSize !== undefined && (ipc.kind === 'host' || ipc.kind === 'none'))
    fail(`cannot set shmsize when running in the {${ipc.kind} } IPC Namespace`);
  if (options.useImageResolvConf) {
    for (const [name, values] of Object.entries({
      DNSServer: options.dnsServers,
      DNSSearch: options.dnsSearch,
      DNSOption: options.dnsOptions,
    }))
      if (values?.length) fail(`UseImageResolvConf and ${name} are mutually exclusive options`);
  }
  if (options.noHosts && options.addHosts?.length) fail('UseImageHosts and HostAdd are mutually exclusive options');
  validateKind(uts, ['host', 'path', 'container', 'pod', 'private']);
  validateKind(ipc, ['host', 'path', 'container', 'pod', 'private', 'shareable', 'none']);
  validateKind(pid, ['host', 'path', 'container', 'pod', 'private']);
  validateKind(cgroup, ['host', 'path', 'container', 'pod', 'private']);
  validateKind(user, ['host', 'path', 'container', 'pod', 'private', 'auto', 'keep-id', 'no-map']);
  if (net.kind === 'pasta' && !isRootless() && !inUserNamespace())
    fail('pasta networking is only supported for rootless mode or when inside a nested userns');
  if ((net.kind === 'path' || net.kind === 'container') && !net.value) fail(`namespace mode ${net.kind} requires a value`);
  if (net.kind !== 'bridge' && options.networks?.length)
    fail('networks and static ip/mac address can only be used with Bridge mode networking');
}

function inUserNamespace(): boolean {
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));
  } catch {
    return false;
  }
}

function validateKind(choice: NamespaceChoice, allowed: NamespaceChoice['kind'][]): void {
  if (!allowed.includes(choice.kind)) {
    const network = ['none', 'bridge', 'pasta', 'slirp4netns'].includes(choice.kind);
    throw new InvalidConfiguration(
      network ? 'cannot use network modes with non-network namespace' : `invalid namespace type ${choice.kind} specified`,
    );
  }
  if ((choice.kind === 'path' || choice.kind === 'container') && !choice.value)
    throw new InvalidConfiguration(`namespace mode ${choice.kind} requires a value`);
}

export interface SharedNamespaces {
  namespaces: ContainerNamespaces;
  /** Full ID of the container whose network is joined. */
  network?: string;
  /** Full IDs of all containers that are joined. */
  dependencies: string[];
}

/** Finds the containers whose namespaces are joined, and says for each namespace what it is. */
export function joinNamespaces(
  options: CreateOptions,
  settled: SettledNamespaces,
  find: (nameOrId: string) => Container,
): SharedNamespaces {
  const dependencies = new Set<string>();
  const infra = options.pod?.infraId;
  const donor = (choice: NamespaceChoice, name: string): string | undefined => {
    if (choice.kind === 'pod') {
      if (infra === undefined)
        throw new InvalidArgument('cannot use pod namespace as container is not joining a pod or pod has no infra container');
      dependencies.add(infra);
      return infra;
    }
    if (choice.kind !== 'container') return undefined;
    let found: Container;
    try {
      found = find(choice.value ?? '');
    } catch (error) {
      throw new InvalidOption(`looking up container to share ${name} namespace with: ${(error as Error).message}`, { cause: error });
    }
    if (name === 'ipc' && found.config.namespaces.ipc.text === 'private')
      throw new InvalidOption(
        `joining IPC of container ${found.id} is not allowed: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
      );
    dependencies.add(found.id);
    return found.id;
  };
  const mode = (choice: NamespaceChoice, name: string): NamespaceMode => {
    const container = donor(choice, name);
    if (container !== undefined) return { kind: 'container', container, text: `container:${container}` };
    switch (choice.kind) {
      case 'host':
        return { kind: 'host', text: 'host' };
      case 'path':
        return { kind: 'path', path: choice.value ?? '', text: `ns:${choice.value ?? ''}` };
      case 'none':
        return { kind: 'none', text: 'none' };
      default:
        return { kind: 'private', text: modeText(choice) };
    }
  };
  const namespaces: ContainerNamespaces = {
    pid: mode(settled.pid, 'pid'),
    ipc: mode(settled.ipc, 'ipc'),
    uts: mode(settled.uts, 'uts'),
    user: mode(settled.user, 'user'),
    cgroup: mode(settled.cgroup, 'cgroup'),
    mount: { kind: 'private', text: 'private' },
  };
  const network = donor(settled.net, 'net');
  return { namespaces, ...(network === undefined ? {} : { network }), dependencies: [...dependencies] };
}

const modeText = ({ kind, value }: NamespaceChoice): string => (value ? `${kind}:${value}` : kind === 'no-map' ? 'nomap' : kind);
