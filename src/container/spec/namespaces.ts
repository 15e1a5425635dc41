import { accessSync } from 'node:fs';
import { errnoText } from '../../os/libc.ts';
import { InvalidArgument, InvalidOption } from '../create-errors.ts';
import type { NamespaceChoice } from '../create-options.ts';
import type { OciIdMapping, OciLinux, OciNamespaceType } from '../oci-spec.ts';
import { parseSysctls } from '../options/sysctls.ts';

/** All namespaces settled: none is `default` any more. */
export interface SettledNamespaces {
  pid: NamespaceChoice;
  ipc: NamespaceChoice;
  uts: NamespaceChoice;
  net: NamespaceChoice;
  user: NamespaceChoice;
  cgroup: NamespaceChoice;
}

type Namespaces = NonNullable<OciLinux['namespaces']>;

/**
 * The spec's namespaces as far as they are known at create. Those shared with other containers, and the network's path, are set
 * at start.
 */
export function specNamespaces(settled: SettledNamespaces): Namespaces {
  const namespaces: Namespaces = [{ type: 'pid' }, { type: 'network' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }];
  apply(namespaces, 'pid', settled.pid, 'PID');
  apply(namespaces, 'ipc', settled.ipc, 'IPC');
  apply(namespaces, 'uts', settled.uts, 'UTS');
  if (['private', 'keep-id', 'no-map'].includes(settled.user.kind)) set(namespaces, 'user');
  else if (settled.user.kind === 'path') apply(namespaces, 'user', settled.user, 'user');
  if (settled.cgroup.kind === 'private') set(namespaces, 'cgroup');
  else if (settled.cgroup.kind === 'path') apply(namespaces, 'cgroup', settled.cgroup, 'cgroup');
  apply(namespaces, 'network', settled.net, 'network');
  return namespaces;
}

function apply(namespaces: Namespaces, type: OciNamespaceType, choice: NamespaceChoice, name: string): void {
  if (choice.kind === 'host') removeNamespace(namespaces, type);
  if (choice.kind !== 'path') return;
  const path = choice.value ?? '';
  try {
    accessSync(path);
  } catch (error) {
    const reason = errnoText((error as NodeJS.ErrnoException).code ?? '');
    throw new InvalidOption(`cannot find specified ${name} namespace path: faccessat ${path}: ${reason}`, { cause: error });
  }
  set(namespaces, type, path);
}

/** Sets or adds a namespace. */
export function set(namespaces: Namespaces, type: OciNamespaceType, path?: string): void {
  const entry = path === undefined || path === '' ? { type } : { type, path };
  const at = namespaces.findIndex((namespace) => namespace.type === type);
  if (at < 0) namespaces.push(entry);
  else namespaces[at] = entry;
}

function removeNamespace(namespaces: Namespaces, type: OciNamespaceType): void {
  const at = namespaces.findIndex((namespace) => namespace.type === type);
  if (at >= 0) namespaces.splice(at, 1);
}

const shared = (choice: NamespaceChoice): boolean => ['container', 'pod', 'host'].includes(choice.kind);

/** containers.conf's sysctls where the container has the namespace for them, then the user's, which must have it. */
export function specSysctls(settled: SettledNamespaces, configured: string[], given: Record<string, string>): Record<string, string> {
  const sysctls: Record<string, string> = {};
  for (const [key, value] of Object.entries(parseSysctls(configured))) {
    if (shared(settled.ipc) && key.startsWith('fs.mqueue.')) continue;
    if (shared(settled.net) && key.startsWith('net.')) continue;
    if (shared(settled.uts) && (key.startsWith('kernel.domainname') || key.startsWith('kernel.hostname'))) continue;
    sysctls[key] = value;
  }
  for (const [key, value] of Object.entries(given)) {
    const clash = (name: string) => new InvalidArgument(`sysctl ${key}=${value} can't be set since ${name} Namespace set to host`);
    if (settled.ipc.kind === 'host' && key.startsWith('fs.mqueue.')) throw clash('IPC');
    if (settled.net.kind === 'host' && key.startsWith('net.')) throw clash('Network');
    if (settled.uts.kind === 'host' && (key.startsWith('kernel.domainname') || key.startsWith('kernel.hostname'))) throw clash('UTS');
    sysctls[key] = value;
  }
  return sysctls;
}

/** The mappings that a user namespace of the container's own must have. */
export function requireMappings(uidMap: readonly OciIdMapping[], gidMap: readonly OciIdMapping[]): void {
  if (uidMap.length === 0 && gidMap.length === 0)
    throw new InvalidOption('must provide at least one UID or GID mapping to configure a user namespace');
}
