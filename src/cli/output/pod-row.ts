import { instantOf } from '../../image/instant.ts';
import type { ListedPod } from '../../pod/list.ts';
import { asMap } from './template/values.ts';
import { humanDuration } from './units.ts';

/** A line of `pod ps`. Getters are the names that templates may use. */
export class PodRow {
  readonly #pod: ListedPod;
  readonly #truncate: boolean;

  constructor(pod: ListedPod, truncate: boolean) {
    this.#pod = pod;
    this.#truncate = truncate;
  }

  get Id(): string {
    return this.#shorten(this.#pod.Id);
  }
  get ID(): string {
    return this.Id;
  }
  get Name(): string {
    return this.#pod.Name;
  }
  get Status(): string {
    return this.#pod.Status;
  }
  get Created(): string {
    return `${humanDuration(Date.now() - Number(instantOf(this.#pod.Created) / 1_000_000n))} ago`;
  }
  get InfraId(): string {
    return this.#shorten(this.#pod.InfraId);
  }
  get InfraID(): string {
    return this.InfraId;
  }
  get Cgroup(): string {
    return this.#pod.Cgroup;
  }
  get Namespace(): string {
    return this.#pod.Namespace;
  }
  get Networks(): string {
    return this.#pod.Networks.join(',');
  }
  get Labels(): object {
    return asMap({ ...this.#pod.Labels });
  }
  get Containers(): ListedPod['Containers'] {
    return this.#pod.Containers;
  }
  get NumberOfContainers(): number {
    return this.#pod.Containers.length;
  }
  get ContainerIds(): string {
    return this.#pod.Containers.map(({ Id }) => this.#shorten(Id)).join(',');
  }
  get ContainerNames(): string {
    return this.#pod.Containers.map(({ Names }) => Names).join(',');
  }
  get ContainerStatuses(): string {
    return this.#pod.Containers.map(({ Status }) => Status).join(',');
  }
  get Restarts(): string {
    return String(this.#pod.Containers.reduce((sum, { RestartCount }) => sum + RestartCount, 0));
  }

  Label(name: string): string {
    return this.#pod.Labels[name] ?? '';
  }

  toJSON(): ListedPod {
    return this.#pod;
  }

  #shorten(id: string): string {
    return this.#truncate ? id.slice(0, 12) : id;
  }
}

export const podHeadings = {
  Id: 'POD ID',
  Name: 'NAME',
  Status: 'STATUS',
  Labels: 'LABELS',
  NumberOfContainers: '# OF CONTAINERS',
  Created: 'CREATED',
  InfraID: 'INFRA ID',
  ContainerIds: 'IDS',
  ContainerNames: 'NAMES',
  ContainerStatuses: 'STATUS',
  Cgroup: 'CGROUP',
  Namespace: 'NAMESPACES',
  Restarts: 'RESTARTS',
};
