import { readFileSync } from 'node:fs';
import { tarTree } from '../archive/tree-tar.ts';
import { SelkieError } from '../errors.ts';
import { applyChanges } from '../image/image-changes.ts';
import type { OciImage, OciImageConfig } from '../image/image-config.ts';
import { layerChain, storeNewImage } from '../image/new-image.ts';
import { formatReference, normalizeLocalName, withDefaultTag } from '../image/reference.ts';
import { storeLayer } from '../storage/layer-staging.ts';
import { nowText } from './clock.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { pauseContainer, unpauseContainer } from './pause.ts';
import { syncState } from './sync-state.ts';

export interface CommitOptions {
  /** The image's name; without one it has none. */
  name?: string;
  format: 'oci' | 'docker';
  author?: string;
  /** Only docker's format has a place for it. */
  message?: string;
  changes: readonly string[];
  /** A file with a configuration (JSON) to lay over the image's. */
  configFile?: string;
  includeVolumes?: boolean;
  pause?: boolean;
  squash?: boolean;
}

export interface Committed {
  id: string;
  /** Digests of the layers, from the base up. */
  layers: string[];
}

/** Makes an image of a container's root as it is: the image's layers and one of what changed. @throws SelkieError */
export async function commitContainer(engine: ContainerEngine, container: Container, options: CommitOptions): Promise<Committed> {
  const { config } = container;
  if (config.rootfs !== undefined) throw new SelkieError('cannot commit a container that uses an exploded rootfs');
  const name = options.name === undefined ? undefined : formatReference(withDefaultTag(normalizeLocalName(options.name)));
  syncState(engine, container);
  const pauses = options.pause === true && container.state.status === 'running';
  if (pauses) await pauseContainer(engine, container);
  try {
    const base = baseImage(engine, container);
    const topLayer = await commitLayer(engine, container, options.squash ?? false);
    const image = describe(engine, container, base, options);
    const { id } = storeNewImage(engine.store, {
      format: options.format,
      topLayer,
      image,
      annotations: { 'org.opencontainers.image.created': image.created! },
      names: name === undefined ? [] : [name],
      container: { id: config.id, hostname: config.hostname },
    });
    engine.events.writeContainerEvent(container, 'commit');
    return { id, layers: layerChain(engine.store, topLayer).map((layer) => layer.diffDigest!) };
  } finally {
    if (pauses) await unpauseContainer(engine, container);
  }
}

function baseImage(engine: ContainerEngine, { config }: Container): OciImage {
  if (config.image.id === '' || engine.store.images.find(config.image.id) === undefined) return {};
  return structuredClone(engine.images.lookup(config.image.id).image());
}

async function commitLayer(engine: ContainerEngine, container: Container, squash: boolean): Promise<string> {
  const { store } = engine;
  const record = store.containers.find(container.id);
  if (record === undefined) throw new SelkieError(`container ${container.id} has no storage: container not known`);
  const { uidmap: uids, gidmap: gids } = record;
  const maps = uids && gids ? { uids, gids } : undefined;
  // What is below a mapped layer may be a copy with other owners.
  const below = maps ? store.images.find(container.config.image.id)?.layer : store.layers.get(record.layer)?.parent;
  const parent = squash ? undefined : below;
  const mounted = squash ? store.mount(container.id) : undefined;
  try {
    return await storeLayer(
      store,
      mounted === undefined ? store.layers.diffTar(record.layer, maps) : tarTree(mounted, { idMappings: maps }),
      parent,
    );
  } finally {
    if (mounted !== undefined) store.unmount(container.id);
  }
}

function describe(engine: ContainerEngine, container: Container, base: OciImage, options: CommitOptions): OciImage {
  const { config } = container;
  const created = nowText();
  const from = engine.store.images.find(config.image.id)?.names[0] ?? config.image.name;
  const overlay = options.configFile ? (JSON.parse(readFileSync(options.configFile, 'utf8')) as OciImageConfig) : {};
  const changed = applyChanges(imageConfig(container, base.config ?? {}, options.includeVolumes ?? false), options.changes);
  // Another entrypoint takes other arguments.
  const sets = (key: string): boolean => options.changes.some((change) => new RegExp(`^\\s*${key}[ =]`, 'i').test(change));
  if (sets('ENTRYPOINT') && !sets('CMD')) delete changed.Cmd;
  const author = options.author || base.author;
  return {
    ...base,
    created,
    ...(author ? { author } : {}),
    architecture: base.architecture ?? ({ x64: 'amd64' } as Record<string, string>)[process.arch] ?? process.arch,
    os: base.os ?? 'linux',
    config: { ...changed, ...overlay },
    ...(options.format === 'docker' && options.message ? { comment: options.message } : {}),
    history: [
      ...(options.squash ? [] : (base.history ?? [])),
      {
        created,
        created_by: (base.config?.Shell?.length ? base.config.Shell : ['/bin/sh']).join(' '),
        ...(author ? { author } : {}),
        comment: options.message || (from === '' ? undefined : `FROM ${from}`),
      },
    ],
  };
}

function imageConfig({ config }: Container, base: OciImageConfig, includeVolumes: boolean): OciImageConfig {
  const env = new Map([...(base.Env ?? []), ...(config.spec.process?.env ?? [])].map((entry) => [entry.split('=')[0]!, entry]));
  const ports = [
    ...config.network.portMappings.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`),
    ...config.network.exposedPorts,
  ];
  const volumes = includeVolumes
    ? config.userVolumes
    : config.namedVolumes
        .filter(({ anonymous, destination }) => anonymous && config.userVolumes.includes(destination))
        .map(({ destination }) => destination);
  return {
    ...base,
    Env: [...env.values()],
    Entrypoint: config.entrypoint?.length ? config.entrypoint : null,
    Cmd: config.command,
    ExposedPorts: ports.length > 0 ? { ...base.ExposedPorts, ...Object.fromEntries(ports.map((port) => [port, {}])) } : base.ExposedPorts,
    Labels: Object.keys(config.labels).length > 0 ? { ...base.Labels, ...config.labels } : base.Labels,
    ...(config.user === '' ? {} : { User: config.user }),
    Volumes: volumes.length > 0 ? { ...base.Volumes, ...Object.fromEntries(volumes.map((volume) => [volume, {}])) } : base.Volumes,
    WorkingDir: config.spec.process?.cwd ?? '/',
  };
}
