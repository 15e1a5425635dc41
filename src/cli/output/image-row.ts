import { parseReference, repositoryName } from '../../image/reference.ts';
import type { ImageSummary } from '../../image/summary.ts';
import { humanDuration, humanSize } from './units.ts';

/** A line of `podman images`: an image under one of its names. Getters are the names that templates may use. */
export class ImageRow {
  readonly summary: ImageSummary;
  readonly Repository: string;
  readonly Tag: string;
  readonly #truncate: boolean;

  constructor(summary: ImageSummary, name: { repository: string; tag: string }, truncate: boolean) {
    this.summary = summary;
    this.Repository = name.repository;
    this.Tag = name.tag;
    this.#truncate = truncate;
  }

  get ID(): string {
    return this.#truncate ? this.summary.Id.slice(0, 12) : `sha256:${this.summary.Id}`;
  }
  get Id(): string {
    return this.summary.Id;
  }
  get Created(): string {
    return `${humanDuration(Date.now() - this.summary.Created * 1000)} ago`;
  }
  get CreatedSince(): string {
    return this.Created;
  }
  get CreatedAt(): string {
    return new Date(this.summary.Created * 1000).toISOString().replace('T', ' ').replace('.000Z', ' +0000 UTC');
  }
  get CreatedTime(): string {
    return this.CreatedAt;
  }
  get Size(): string {
    return humanSize(this.summary.Size, 3).replace(/(\D+)$/, ' $1');
  }
  get History(): string {
    return this.summary.History.join(', ');
  }
  get SharedSize(): number {
    return this.summary.SharedSize;
  }
  get VirtualSize(): number {
    return this.summary.VirtualSize;
  }
  get ParentId(): string {
    return this.summary.ParentId;
  }
  get RepoTags(): string[] {
    return this.summary.Names;
  }
  get RepoDigests(): string[] {
    return this.summary.RepoDigests;
  }
  get Labels(): Record<string, string> {
    return this.summary.Labels ?? {};
  }
  get Containers(): number {
    return this.summary.Containers;
  }
  get ReadOnly(): boolean {
    return this.summary.ReadOnly;
  }
  get Dangling(): boolean {
    return this.summary.Dangling;
  }
  get Digest(): string {
    return this.summary.Digest;
  }
  get Names(): string[] {
    return this.summary.Names;
  }
  get IsManifestList(): null {
    return null;
  }
  get Os(): string {
    return '';
  }
  get Arch(): string {
    return '';
  }

  /** As `{{json .}}` shows it. */
  toJSON(): Record<string, unknown> {
    return { repository: this.Repository, tag: this.Tag, ...this.summary.toJSON() };
  }
}

// what errors of templates call a row
Object.defineProperty(ImageRow, 'name', { value: 'images.imageReporter' });

/** A row for each tag; for an image without one, for its first name or none. */
export function imageRows(summaries: readonly ImageSummary[], truncate: boolean): ImageRow[] {
  return summaries.flatMap((summary) => {
    const names = summary.Names.map(split);
    const tagged = names.filter(({ tag }) => tag !== '<none>');
    const shown = tagged.length > 0 ? tagged : names.length > 0 ? names.slice(0, 1) : [{ repository: '<none>', tag: '<none>' }];
    return shown.map((name) => new ImageRow(summary, name, truncate));
  });
}

function split(name: string): { repository: string; tag: string } {
  try {
    const reference = parseReference(name);
    return { repository: repositoryName(reference), tag: reference.tag ?? '<none>' };
  } catch {
    return { repository: name, tag: '<none>' };
  }
}

type Order = (a: ImageRow, b: ImageRow) => number;

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** podman's --sort; rows that are equal keep their order. */
export const imageOrders: Readonly<Record<string, Order>> = {
  created: (a, b) => compare(b.summary.Created, a.summary.Created),
  id: (a, b) => compare(a.ID, b.ID),
  repository: (a, b) => compare(a.Repository, b.Repository) || compare(a.Tag, b.Tag),
  size: (a, b) => compare(a.summary.Size, b.summary.Size),
  tag: (a, b) => compare(a.Tag, b.Tag),
};
