import { sha256Hex } from '../archive/sha256.ts';
import type { LayerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { goJson, sortKeys } from './go-json.ts';
import type { HealthConfig, OciHistory, OciImage, OciImageConfig } from './image-config.ts';
import { dockerConfig, dockerLayer, dockerManifest, ociConfig, ociLayer, ociManifest } from './media-types.ts';

/** An image whose layers are in the store already, to be given its config, manifest and record. */
export interface NewImage {
  format: 'oci' | 'docker';
  /** Top layer; undefined for an image without any. */
  topLayer?: string;
  /** `rootfs` is filled in from the layers. */
  image: OciImage;
  annotations?: Record<string, string>;
  /** Full names. Each is taken from the image that has it now. */
  names: readonly string[];
  /** Docker format: what the image was made from, shown in its config. */
  container?: { id: string; hostname?: string };
}

export interface StoredImageIds {
  /** 64 hex digits. */
  id: string;
  /** Of the manifest. */
  digest: string;
}

/**
 * Writes config, manifest and record of an image. Repeatable: the same content gives the same ID and only adds names.
 * Layers are described uncompressed, by their diffIDs, as buildah does for what it commits. Format: OCI image-spec 1.1; Docker v2s2.
 */
export function storeNewImage(store: Store, request: NewImage): StoredImageIds {
  const chain = layerChain(store, request.topLayer);
  const diffIds = chain.map((layer) => layer.diffDigest!);
  const image: OciImage = { ...request.image, rootfs: { type: 'layers', diff_ids: diffIds } };
  const isDocker = request.format === 'docker';
  const config = Buffer.from(goJson(isDocker ? dockerImage(image, request.container) : ociImage(image)));
  const id = sha256Hex(config);
  const manifest = Buffer.from(
    goJson({
      schemaVersion: 2,
      mediaType: isDocker ? dockerManifest : ociManifest,
      config: { mediaType: isDocker ? dockerConfig : ociConfig, digest: `sha256:${id}`, size: config.length },
      layers: chain.map((layer) => ({
        mediaType: isDocker ? dockerLayer : ociLayer,
        digest: layer.diffDigest,
        size: layer.diffSize,
      })),
      ...(!isDocker && request.annotations && Object.keys(request.annotations).length > 0
        ? { annotations: sortKeys(request.annotations) }
        : {}),
    }),
  );
  const digest = `sha256:${sha256Hex(manifest)}`;
  const known = store.images.find(id);
  if (known?.id === id && known.digest === digest) {
    if (request.names.length > 0) store.images.addNames(id, request.names);
    return { id, digest };
  }
  store.images.create({
    id,
    names: request.names,
    layer: request.topLayer,
    metadata: '{}',
    created: image.created,
    bigData: [
      { key: `sha256:${id}`, data: config },
      { key: `manifest-${digest}`, data: manifest, digest },
      { key: 'manifest', data: manifest, digest },
    ],
  });
  return { id, digest };
}

/** The layers from the base up to `top`. */
export function layerChain(store: Store, top: string | undefined): LayerRecord[] {
  const chain: LayerRecord[] = [];
  for (let id = top; id !== undefined && id !== ''; ) {
    const layer = store.layers.get(id);
    if (!layer) throw new Error(`layer ${id} is missing`);
    chain.unshift(layer);
    id = layer.parent;
  }
  return chain;
}

/** An empty list, map or text is left out, as Go's omitempty does. */
function compact<T extends Record<string, unknown>>(fields: T): Partial<T> {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value))) as Partial<T>;
}

const sorted = <T>(map: Record<string, T> | null | undefined): Record<string, T> | undefined => (map ? sortKeys(map) : undefined);

/** The description as OCI has it, in the order of its fields. */
export function ociImage(image: OciImage): Record<string, unknown> {
  const config = image.config ?? {};
  return {
    ...compact({ created: image.created, author: image.author }),
    architecture: image.architecture ?? '',
    os: image.os ?? 'linux',
    ...compact({ 'os.version': image['os.version'], 'os.features': image['os.features'], variant: image.variant }),
    config: compact({
      User: config.User,
      ExposedPorts: sorted(config.ExposedPorts),
      Env: config.Env,
      Entrypoint: config.Entrypoint,
      Cmd: config.Cmd,
      Volumes: sorted(config.Volumes),
      WorkingDir: config.WorkingDir,
      Labels: sorted(config.Labels),
      StopSignal: config.StopSignal,
      ArgsEscaped: config.ArgsEscaped,
    }),
    rootfs: image.rootfs,
    ...compact({ history: image.history?.map(history) }),
  };
}

/** The description as Docker v2s2 has it; `container` is what it was made from. */
export function dockerImage(image: OciImage, container: NewImage['container']): Record<string, unknown> {
  const config = dockerImageConfig(image.config ?? {}, container);
  return {
    ...compact({ comment: image.comment }),
    created: image.created,
    ...compact({ container: container?.id }),
    container_config: config,
    ...compact({ docker_version: image.docker_version, author: image.author }),
    config,
    architecture: image.architecture ?? '',
    ...compact({ variant: image.variant }),
    os: image.os ?? 'linux',
    rootfs: image.rootfs,
    history: (image.history ?? []).map(history),
    ...compact({ 'os.version': image['os.version'], 'os.features': image['os.features'] }),
  };
}

function dockerImageConfig(config: OciImageConfig, container: NewImage['container']): Record<string, unknown> {
  return {
    Hostname: config.Hostname || (container?.id.slice(0, 12) ?? ''),
    Domainname: config.Domainname ?? '',
    User: config.User ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...compact({ ExposedPorts: sorted(config.ExposedPorts) }),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: config.Env ?? null,
    Cmd: config.Cmd ?? null,
    ...(config.Healthcheck ? { Healthcheck: healthcheck(config.Healthcheck) } : {}),
    ...compact({ ArgsEscaped: config.ArgsEscaped }),
    Image: '',
    Volumes: sorted(config.Volumes) ?? null,
    WorkingDir: config.WorkingDir ?? '',
    Entrypoint: config.Entrypoint ?? null,
    OnBuild: config.OnBuild ?? null,
    Labels: sorted(config.Labels) ?? null,
    ...compact({ StopSignal: config.StopSignal, Shell: config.Shell }),
  };
}

function healthcheck(health: HealthConfig): Record<string, unknown> {
  const { Test, StartPeriod, StartInterval, Interval, Timeout, Retries } = health;
  return Object.fromEntries(Object.entries({ Test, StartPeriod, StartInterval, Interval, Timeout, Retries }).filter(([, value]) => value));
}

function history(entry: OciHistory): Record<string, unknown> {
  const { created, created_by, author, comment, empty_layer } = entry;
  return compact({ created, created_by, author, comment, empty_layer });
}
