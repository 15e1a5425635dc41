import type { ListedContainer } from '../../container/list.ts';
import { reportError } from '../../diagnostics.ts';
import { instantOf } from '../../image/instant.ts';
import { goTimeString } from './go-time.ts';
import { humanDuration, humanSize } from './units.ts';

/** A line of `ps`. Getters are the names that templates may use. */
export class ContainerRow {
  static readonly goType = 'containers.psReporter';
  readonly #listed: ListedContainer;
  readonly #truncate: boolean;

  constructor(listed: ListedContainer, truncate: boolean) {
    this.#listed = listed;
    this.#truncate = truncate;
  }

  get AutoRemove(): boolean {
    return this.#listed.AutoRemove;
  }
  get CIDFile(): string {
    return this.#listed.CIDFile;
  }
  get Cgroup(): string {
    return this.#listed.Namespaces.Cgroup ?? '';
  }
  get Command(): string {
    const command = (this.#listed.Command ?? []).join(' ');
    return this.#truncate && command.length > 17 ? `${command.slice(0, 17)}...` : command;
  }
  get Created(): string {
    return goTimeString(this.#listed.Created);
  }
  get CreatedAt(): string {
    return goTimeString(this.#listed.Created);
  }
  get CreatedHuman(): string {
    return `${since(this.#listed.Created)} ago`;
  }
  get ExitCode(): number {
    return this.#listed.ExitCode;
  }
  get Exited(): boolean {
    return this.#listed.Exited;
  }
  get ExitedAt(): number {
    return this.#listed.ExitedAt;
  }
  get ExposedPorts(): Record<string, string[]> {
    return this.#listed.ExposedPorts ?? {};
  }
  get ID(): string {
    return this.#truncate ? this.#listed.Id.slice(0, 12) : this.#listed.Id;
  }
  get IPC(): string {
    return this.#listed.Namespaces.IPC ?? '';
  }
  get Image(): string {
    return this.#listed.Image;
  }
  get ImageID(): string {
    return this.#truncate ? this.#listed.ImageID.slice(0, 12) : this.#listed.ImageID;
  }
  get IsInfra(): boolean {
    return this.#listed.IsInfra;
  }
  Label(name: string): string {
    return this.#listed.Labels?.[name] ?? '';
  }
  get Labels(): Record<string, string> {
    return this.#listed.Labels ?? {};
  }
  get MNT(): string {
    return this.#listed.Namespaces.MNT ?? '';
  }
  get Mounts(): string[] {
    return this.#listed.Mounts;
  }
  get NET(): string {
    return this.#listed.Namespaces.NET ?? '';
  }
  get Names(): string {
    return this.#listed.Names[0] ?? '';
  }
  get Namespaces(): ListedContainer['Namespaces'] {
    return this.#listed.Namespaces;
  }
  get Networks(): string {
    return this.#listed.Networks.join(',');
  }
  get PIDNS(): string {
    return this.#listed.Namespaces.PIDNS ?? '';
  }
  get Pid(): number {
    return this.#listed.Pid;
  }
  get Pod(): string {
    return this.#truncate ? this.#listed.Pod.slice(0, 12) : this.#listed.Pod;
  }
  get PodName(): string {
    return this.#listed.PodName;
  }
  get Ports(): string {
    return portsText(this.#listed);
  }
  get Restarts(): string {
    return String(this.#listed.Restarts);
  }
  get RunningFor(): string {
    return this.CreatedHuman;
  }
  get Size(): string {
    const size = this.#listed.Size;
    if (size === null) {
      reportError('Size format requires --size option');
      return '';
    }
    return `${humanSize(size.rwSize, 3)} (virtual ${humanSize(size.rootFsSize, 3)})`;
  }
  get StartedAt(): number {
    return this.#listed.StartedAt;
  }
  get State(): string {
    return this.#listed.State;
  }
  get Status(): string {
    return statusText(this.#listed);
  }
  get UTS(): string {
    return this.#listed.Namespaces.UTS ?? '';
  }
  get User(): string {
    return this.#listed.Namespaces.User ?? '';
  }

  toJSON(): object {
    return containerJson(this.#listed, false);
  }
}

/** `ps --format json`: texts for people where podman has them. */
export function containerJson(listed: ListedContainer, whole = true): object {
  if (!whole) return inGoOrder(listed);
  return {
    ...listed,
    CreatedAt: `${since(listed.Created)} ago`,
    Status: statusText(listed),
    Created: Number(instantOf(listed.Created) / 1_000_000_000n),
  };
}

/** podman's struct has the time of creation behind the command. */
function inGoOrder({ AutoRemove, Command, Created, ...rest }: ListedContainer): object {
  return { AutoRemove, Command, Created, ...rest };
}

export const containerHeadings = {
  Cgroup: 'CGROUPNS',
  CreatedHuman: 'CREATED',
  ID: 'CONTAINER ID',
  IPC: 'IPC',
  MNT: 'MNT',
  NET: 'NET',
  Networks: 'NETWORKS',
  PIDNS: 'PIDNS',
  Pod: 'POD ID',
  PodName: 'PODNAME',
  Restarts: 'RESTARTS',
  RunningFor: 'RUNNING FOR',
  UTS: 'UTS',
  User: 'USERNS',
};

function statusText({ State, StartedAt, ExitedAt, ExitCode, Status }: ListedContainer): string {
  const health = Status === '' ? '' : ` (${Status})`;
  if (State === 'running') return `Up ${humanDuration(Date.now() - StartedAt * 1000)}${health}`;
  if (State === 'exited' || State === 'stopped') return `Exited (${ExitCode}) ${humanDuration(Date.now() - ExitedAt * 1000)} ago${health}`;
  return `${State.charAt(0).toUpperCase()}${State.slice(1)}${health}`;
}

const since = (created: string): string => humanDuration(Date.now() - Number(instantOf(created) / 1_000_000n));

/** `0.0.0.0:8080-8081->80-81/tcp, 443/tcp`: published ports, then exposed ones that are not published, neighbours as ranges. */
export function portsText({ Ports, ExposedPorts }: Pick<ListedContainer, 'Ports' | 'ExposedPorts'>): string {
  const shown: string[] = [];
  const published = new Set<string>();
  for (const { host_ip, host_port, container_port, range, protocol } of Ports ?? []) {
    const address = host_ip === '' ? '0.0.0.0' : host_ip;
    const last = range > 1 ? range - 1 : 0;
    const span = (port: number) => (last > 0 ? `${port}-${port + last}` : `${port}`);
    shown.push(`${address}:${span(host_port)}->${span(container_port)}/${protocol}`);
    for (let at = 0; at <= last; at++) published.add(`${container_port + at}/${protocol}`);
  }
  const exposed = Object.entries(ExposedPorts ?? {})
    .flatMap(([port, protocols]) => protocols.map((protocol) => ({ port: Number(port), protocol })))
    .filter(({ port, protocol }) => !published.has(`${port}/${protocol}`))
    .sort((one, other) => (one.protocol === other.protocol ? one.port - other.port : one.protocol < other.protocol ? -1 : 1));
  for (let at = 0; at < exposed.length; ) {
    const { port, protocol } = exposed[at]!;
    let end = at;
    while (exposed[end + 1]?.protocol === protocol && exposed[end + 1]?.port === exposed[end]!.port + 1) end++;
    shown.push(end > at ? `${port}-${exposed[end]!.port}/${protocol}` : `${port}/${protocol}`);
    at = end + 1;
  }
  return shown.join(', ');
}
