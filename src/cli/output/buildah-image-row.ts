import type { ImageSummary } from '../../image/summary.ts';
import { escapeControl } from './escape.ts';
import { goTimeString } from './go-time.ts';
import { imageRows } from './image-row.ts';
import { alignTabs } from './tab-writer.ts';
import { parseTemplate } from './template.ts';
import { humanDuration, humanSize } from './units.ts';

/** A line of `buildah images`, with the names that its templates may use. */
export interface BuildahImageRow {
  readonly ID: string;
  readonly Name: string;
  readonly Tag: string;
  readonly Digest: string;
  readonly CreatedAt: string;
  readonly CreatedAtRaw: string;
  readonly Created: number;
  readonly Size: string;
  readonly ReadOnly: boolean;
  readonly History: string;
}

/** Newest first. */
export function buildahImageRows(summaries: readonly ImageSummary[], truncate: boolean): BuildahImageRow[] {
  const newest = summaries.toSorted((a, b) => b.image.created.getTime() - a.image.created.getTime());
  return imageRows(newest, truncate).map(({ summary, ID, Repository, Tag }) => {
    const others = summary.History[0] === `${Repository}:${Tag}` ? summary.History.slice(1) : summary.History;
    const created = goTimeString(summary.image.record.created);
    const named = { ID, Name: Repository, Tag, Digest: summary.Digest, CreatedAt: createdAt(summary), CreatedAtRaw: created };
    return { ...named, Created: summary.Created, Size: size(summary), ReadOnly: summary.ReadOnly, History: others.join(', ') || '<none>' };
  });
}

export function buildahImageJson(summary: ImageSummary): Record<string, unknown> {
  return {
    id: summary.Id.slice(0, 12),
    names: summary.RepoTags,
    digest: summary.Digest,
    createdat: createdAt(summary),
    size: size(summary),
    created: summary.Created,
    createdatraw: summary.image.record.created,
    readonly: summary.ReadOnly,
    history: null,
  };
}

const createdAt = (summary: ImageSummary): string => `${humanDuration(Date.now() - summary.Created * 1000)} ago`;

const size = (summary: ImageSummary): string =>
  humanSize(summary.Size, 3)
    .replace('k', 'K')
    .replace(/(\D+)$/, ' $1');

interface Columns {
  readonly format: string;
  readonly digests: boolean;
  readonly history: boolean;
  readonly noheading: boolean;
}

/** In buildah's layout: three spaces between columns, which have no least width. A format is laid out in columns too. */
export function renderBuildahImages(rows: readonly BuildahImageRow[], { format, digests, history, noheading }: Columns): string {
  if (format !== '') {
    const text = format.replaceAll('\\t', '\t').replaceAll('\\n', '\n').replaceAll(' ', '\t');
    const template = parseTemplate('list', text.endsWith('\n') ? text : `${text}\n`);
    return alignTabs(rows.map((row) => template.execute(row)).join(''), { padding: 3, minWidth: 0 });
  }
  // buildah 1.43 has no heading for digests
  const headings = [
    'REPOSITORY',
    'TAG',
    ...(digests ? ['<no value>'] : []),
    'IMAGE ID',
    'CREATED',
    'SIZE',
    ...(history ? ['HISTORY'] : []),
  ];
  const lines = rows.map((row) => [
    row.Name,
    row.Tag,
    ...(digests ? [row.Digest] : []),
    row.ID,
    row.CreatedAt,
    row.Size,
    ...(history ? [row.History] : []),
  ]);
  const text = [...(noheading ? [] : [headings]), ...lines].map((line) => `${line.map((cell) => escapeControl(cell)).join('\t')}\n`);
  return alignTabs(text.join(''), { padding: 3, minWidth: 0 });
}
