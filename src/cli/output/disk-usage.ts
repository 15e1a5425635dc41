import type { ContainerDiskUsage, VolumeDiskUsage } from '../../container/disk-usage.ts';
import type { ImageDiskUsage } from '../../image/disk-usage.ts';
import { renderReport } from './report.ts';
import { humanDuration, humanSize } from './units.ts';

export interface DiskUsage {
  images: { images: readonly ImageDiskUsage[]; totalSize: number };
  containers: readonly ContainerDiskUsage[];
  volumes: readonly VolumeDiskUsage[];
  /** What is kept of interrupted pulls. */
  downloads: readonly { name: string; size: number; changed: number }[];
}

interface SummaryRow {
  Type: string;
  Total: number;
  Active: number;
  RawSize: number;
  RawReclaimable: number;
  TotalCount: number;
  Size: string;
  Reclaimable: string;
}

/** The three lines of `system df`, keys as in podman's JSON; a fourth where interrupted pulls left something. */
export function summaryRows({ images, containers, volumes, downloads }: DiskUsage): SummaryRow[] {
  const once = [...new Map(images.images.map((image) => [image.id, image])).values()];
  const inUse = once.filter((image) => image.containers > 0);
  const running = containers.filter(({ container }) => container.state.status === 'running');
  const idle = containers.filter(({ container }) => container.state.status !== 'running');
  const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);
  return [
    row('Images', images.images.length, inUse.length, images.totalSize, images.totalSize - sum(inUse.map(({ uniqueSize }) => uniqueSize))),
    row(
      'Containers',
      containers.length,
      running.length,
      sum(containers.map(({ rwSize }) => rwSize)),
      sum(idle.map(({ rwSize }) => rwSize)),
    ),
    row(
      'Local Volumes',
      volumes.length,
      sum(volumes.map(({ links }) => links)),
      sum(volumes.map(({ size }) => size)),
      sum(volumes.filter(({ links }) => links === 0).map(({ size }) => size)),
    ),
    ...(downloads.length > 0 ? [row(downloadsName, downloads.length, 0, sum(downloads.map(bytes)), sum(downloads.map(bytes)))] : []),
  ];
}

const downloadsName = 'Interrupted Pulls';
const bytes = ({ size }: { size: number }): number => size;

function row(Type: string, Total: number, Active: number, RawSize: number, RawReclaimable: number): SummaryRow {
  const percent = RawSize > 0 ? Math.round((RawReclaimable / RawSize) * 100) : 0;
  const Reclaimable = `${humanSize(RawReclaimable)} (${percent}%)`;
  return { Type, Total, Active, RawSize, RawReclaimable, TotalCount: Total, Size: humanSize(RawSize), Reclaimable };
}

/** The three tables of `system df --verbose`, and one of what interrupted pulls left. */
export function verboseTables({ images, containers, volumes, downloads }: DiskUsage): string {
  const age = (created: string): string => humanDuration(Date.now() - Date.parse(created));
  const imageRows = images.images.map((image) => ({
    Repository: image.repository,
    Tag: image.tag,
    ImageID: image.id.slice(0, 12),
    Created: age(image.created),
    Size: humanSize(image.size),
    SharedSize: humanSize(image.sharedSize),
    UniqueSize: humanSize(image.uniqueSize),
    Containers: image.containers,
  }));
  const containerRows = containers.map(({ container, rwSize }) => ({
    ContainerID: container.id.slice(0, 12),
    Image: container.config.image.id.slice(0, 12),
    Command: container.config.command.join(' '),
    LocalVolumes: container.config.userVolumes.length,
    RWSize: humanSize(rwSize),
    Created: age(container.config.created),
    Status:
      container.state.status === 'configured' ? 'created' : container.state.status === 'created' ? 'initialized' : container.state.status,
    Names: container.name,
  }));
  const volumeRows = volumes.map(({ name, links, size }) => ({ VolumeName: name, Links: links, Size: humanSize(size) }));
  const downloadRows = downloads.map(({ name, size, changed }) => ({
    Blob: name.slice(0, 12),
    Changed: age(new Date(changed).toISOString()),
    Size: humanSize(size),
  }));
  return [
    `Images space usage:\n\n${table(imageRows, 'Repository Tag ImageID Created Size SharedSize UniqueSize Containers')}`,
    `Containers space usage:\n\n${table(containerRows, 'ContainerID Image Command LocalVolumes RWSize Created Status Names', { RWSize: 'SIZE' })}`,
    `Local Volumes space usage:\n\n${table(volumeRows, 'VolumeName Links Size')}`,
    ...(downloadRows.length > 0 ? [`${downloadsName} space usage:\n\n${table(downloadRows, 'Blob Changed Size')}`] : []),
  ].join('\n');
}

function table(rows: readonly object[], fields: string, headings: Record<string, string> = {}): string {
  const standard = fields
    .split(' ')
    .map((field) => `{{.${field}}}`)
    .join('\t');
  return renderReport(rows, {
    name: 'df',
    format: '',
    standard,
    headings: { ImageID: 'IMAGE ID', ContainerID: 'CONTAINER ID', ...headings },
  });
}
