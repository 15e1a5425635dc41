import { unixSeconds } from './instant.ts';
import type { LayerTree } from './layer-tree.ts';
import type { LocalImage } from './local-image.ts';

/** What a list shows of an image. Each fact is computed when it is asked for, as most lists show few. */
export class ImageSummary {
  readonly image: LocalImage;
  readonly #tree: () => LayerTree;
  readonly #containers: () => ReadonlyMap<string, number>;
  #size?: number;

  /** @param containers numbers of containers by image id */
  constructor(image: LocalImage, tree: () => LayerTree, containers: () => ReadonlyMap<string, number>) {
    this.image = image;
    this.#tree = tree;
    this.#containers = containers;
  }

  get Id(): string {
    return this.image.id;
  }
  get ParentId(): string {
    return this.#tree().parent(this.image)?.id ?? '';
  }
  get RepoTags(): string[] | null {
    return this.image.names.length > 0 ? this.image.names : null;
  }
  get RepoDigests(): string[] {
    return this.image.repoDigests;
  }
  /** Seconds since 1970. */
  get Created(): number {
    return unixSeconds(this.image.record.created);
  }
  get Size(): number {
    this.#size ??= this.image.size((id) => this.#tree().layer(id));
    return this.#size;
  }
  get SharedSize(): number {
    return 0;
  }
  get VirtualSize(): number {
    return this.Size;
  }
  get Labels(): Record<string, string> | null {
    const labels = this.image.labels();
    return labels && Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  get Containers(): number {
    return this.#containers().get(this.image.id) ?? 0;
  }
  get ReadOnly(): boolean {
    return this.image.readOnly;
  }
  get Dangling(): boolean {
    return this.#tree().isDangling(this.image);
  }
  get Digest(): string {
    return this.image.digest;
  }
  get History(): string[] {
    return this.image.namesHistory;
  }
  get Names(): string[] {
    return this.image.names;
  }

  /** In podman's order, what is empty left out. */
  toJSON(): Record<string, unknown> {
    return {
      Id: this.Id,
      ParentId: this.ParentId,
      RepoTags: this.RepoTags,
      RepoDigests: this.RepoDigests,
      Created: this.Created,
      Size: this.Size,
      SharedSize: this.SharedSize,
      VirtualSize: this.VirtualSize,
      Labels: this.Labels,
      Containers: this.Containers,
      ...(this.ReadOnly ? { ReadOnly: true } : {}),
      ...(this.Dangling ? { Dangling: true } : {}),
      ...(this.Digest ? { Digest: this.Digest } : {}),
      ...(this.History.length > 0 ? { History: this.History } : {}),
      ...(this.Names.length > 0 ? { Names: this.Names } : {}),
    };
  }
}
