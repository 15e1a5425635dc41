import { SelkieError } from '../errors.ts';
import type { ContainerEngine } from './engine.ts';
import { networksOf } from './network-request.ts';
import { pruneNetworks } from './network-use.ts';
import { type PruneReport, pruneBuildContainers, pruneContainers } from './prune.ts';
import { pruneVolumes } from './volume-use.ts';

export interface SystemPruneOptions {
  /** Images with a name too, if no container uses them. */
  all: boolean;
  volumes: boolean;
  /** Working containers of interrupted builds too. */
  build: boolean;
  filters: readonly string[];
}

export interface SystemPruneReport {
  containers: PruneReport[];
  pods: PruneReport[];
  volumes: PruneReport[];
  images: PruneReport[];
  networks: PruneReport[];
  /** What was kept of interrupted pulls, by digest; it knows nothing that a filter could ask for. */
  downloads: PruneReport[];
}

/** Removes what nothing uses, again and again until nothing more comes free. @throws SelkieError for filters that one of the kinds lacks */
export async function pruneSystem(engine: ContainerEngine, options: SystemPruneOptions): Promise<SystemPruneReport> {
  const report: SystemPruneReport = { containers: [], pods: [], volumes: [], images: [], networks: [], downloads: [] };
  if (options.build) report.containers.push(...pruneBuildContainers(engine));
  if (options.filters.length === 0)
    report.downloads.push(...engine.store.downloads.clear().map(({ name, size }) => ({ id: `sha256:${name}`, size })));
  for (let found = true; found; ) {
    const pods = (await engine.pods?.().prune(engine)) ?? [];
    report.pods.push(...pods.map((pod) => ({ ...pod, size: 0 })));
    report.containers.push(...(await pruneContainers(engine, options.filters)));
    const images = (await engine.images.prune({ all: options.all, filters: [...options.filters] })).map(({ id, size }) => ({ id, size }));
    const { removed, errors } = pruneNetworks(engine, networksOf(engine), options.filters);
    const volumes = options.volumes ? await pruneVolumes(engine, options.filters) : [];
    const gone = volumes.filter(({ error }) => error === undefined);
    report.images.push(...images);
    report.networks.push(...removed.map((id) => ({ id, size: 0 })), ...errors.map((error) => ({ id: '', size: 0, error })));
    report.volumes.push(...gone.map(({ name, size }) => ({ id: name, size })));
    found = pods.length + images.length + removed.length + gone.length > 0;
    // What cannot be removed now cannot be in the next round either.
    if (errors.length > 0 || gone.length < volumes.length || pods.some(({ error }) => error !== undefined)) found = false;
  }
  return report;
}

/** Bytes freed, of images, containers, volumes and downloads together. */
export const reclaimedSpace = (report: SystemPruneReport): number =>
  [...report.containers, ...report.volumes, ...report.images, ...report.downloads].reduce((total, { size }) => total + size, 0);

/** What failed on the way. */
export const pruneErrors = (report: SystemPruneReport): Error[] =>
  Object.values(report)
    .flat()
    .flatMap(({ error }: PruneReport) => (error instanceof SelkieError ? [error] : []));
