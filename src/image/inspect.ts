import { dirname } from 'node:path';
import type { HealthConfig, OciHistory, OciImageConfig } from './image-config.ts';
import { LayerTree } from './layer-tree.ts';
import type { LocalImage } from './local-image.ts';
import { dockerManifest, ociManifest } from './media-types.ts';

export interface InspectOptions {
  /** Look for the image that this one was built upon. Reads the configs of its neighbours. */
  parent?: boolean;
}

/** `podman image inspect`, key by key and in its order. */
export interface ImageInspect {
  Id: string;
  Digest: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  Created: string | null;
  Config: OciImageConfig;
  Version: string;
  Author: string;
  Architecture: string;
  Os: string;
  Size: number;
  VirtualSize: number;
  GraphDriver: { Name: string; Data: Record<string, string> };
  RootFS: { Type: string; Layers: string[] | null };
  Labels: Record<string, string> | null;
  Annotations: Record<string, string>;
  ManifestType: string;
  User: string;
  History: OciHistory[] | null;
  NamesHistory: string[] | null;
  Healthcheck?: HealthConfig;
}

/** Assembles what podman shows of an image. @throws ImageCorrupted */
export function inspectImage(image: LocalImage, options: InspectOptions = {}): ImageInspect {
  const document = image.image();
  const { mediaType, parsed } = image.manifest();
  const config = document.config ?? {};
  const size = image.size();
  const health = mediaType === dockerManifest ? (document.container_config?.Healthcheck ?? config.Healthcheck) : undefined;
  const parent = options.parent ? LayerTree.of(image.store).parent(image) : undefined;
  return {
    Id: image.id,
    Digest: image.digest,
    RepoTags: image.repoTags,
    RepoDigests: image.repoDigests,
    Parent: parent?.id ?? '',
    Comment: commentOf(image),
    Created: document.created ?? null,
    Config: ociConfig(config),
    Version: document.docker_version ?? '',
    Author: document.author ?? '',
    Architecture: document.architecture ?? '',
    Os: document.os ?? '',
    Size: size,
    VirtualSize: size,
    GraphDriver: graphDriver(image),
    RootFS: { Type: document.rootfs?.type ?? '', Layers: document.rootfs?.diff_ids ?? null },
    Labels: sorted(config.Labels) ?? null,
    Annotations: (mediaType === ociManifest ? sorted(parsed['annotations'] as Record<string, string> | undefined) : undefined) ?? {},
    ManifestType: mediaType,
    User: config.User ?? '',
    History: document.history?.map(historyEntry) ?? null,
    NamesHistory: image.namesHistory.length > 0 ? image.namesHistory : null,
    ...(health ? { Healthcheck: healthcheck(health) } : {}),
  };
}

function commentOf(image: LocalImage): string {
  const { mediaType } = image.manifest();
  if (mediaType === ociManifest) return image.image().history?.[0]?.comment ?? '';
  return mediaType === dockerManifest ? (image.image().comment ?? '') : '';
}

/** The keys that OCI knows, in its order, empty ones left out. */
export function ociConfig(config: OciImageConfig): OciImageConfig {
  const shown: OciImageConfig = {};
  if (config.User) shown.User = config.User;
  if (filled(config.ExposedPorts)) shown.ExposedPorts = sorted(config.ExposedPorts);
  if (config.Env?.length) shown.Env = config.Env;
  if (config.Entrypoint?.length) shown.Entrypoint = config.Entrypoint;
  if (config.Cmd?.length) shown.Cmd = config.Cmd;
  if (filled(config.Volumes)) shown.Volumes = sorted(config.Volumes);
  if (config.WorkingDir) shown.WorkingDir = config.WorkingDir;
  if (filled(config.Labels)) shown.Labels = sorted(config.Labels);
  if (config.StopSignal) shown.StopSignal = config.StopSignal;
  if (config.ArgsEscaped) shown.ArgsEscaped = config.ArgsEscaped;
  return shown;
}

function historyEntry(entry: OciHistory): OciHistory {
  const shown: OciHistory = {};
  if (entry.created) shown.created = entry.created;
  if (entry.created_by) shown.created_by = entry.created_by;
  if (entry.author) shown.author = entry.author;
  if (entry.comment) shown.comment = entry.comment;
  if (entry.empty_layer) shown.empty_layer = true;
  return shown;
}

function healthcheck(health: HealthConfig): HealthConfig {
  const shown: HealthConfig = {};
  if (health.Test?.length) shown.Test = health.Test;
  if (health.StartPeriod) shown.StartPeriod = health.StartPeriod;
  if (health.StartInterval) shown.StartInterval = health.StartInterval;
  if (health.Interval) shown.Interval = health.Interval;
  if (health.Timeout) shown.Timeout = health.Timeout;
  if (health.Retries) shown.Retries = health.Retries;
  return shown;
}

function graphDriver({ store, topLayer }: LocalImage): { Name: string; Data: Record<string, string> } {
  const { layers, options } = store;
  if (options.driver !== 'overlay' || !topLayer) return { Name: options.driver, Data: {} };
  const lower: string[] = [];
  for (let id = layers.get(topLayer)?.parent; id; id = layers.get(id)?.parent) lower.push(layers.driver.diffPath(id));
  const own = dirname(layers.driver.diffPath(topLayer));
  return {
    Name: options.driver,
    Data: {
      ...(lower.length > 0 ? { LowerDir: lower.join(':') } : {}),
      ...(store.mountCount(topLayer) > 0 ? { MergedDir: `${own}/merged` } : {}),
      UpperDir: `${own}/diff`,
      WorkDir: `${own}/work`,
    },
  };
}

const filled = (map: Record<string, unknown> | null | undefined): boolean => map != null && Object.keys(map).length > 0;

function sorted<T>(map: Record<string, T> | null | undefined): Record<string, T> | undefined {
  if (map == null) return undefined;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
