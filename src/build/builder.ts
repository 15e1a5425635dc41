import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Labels } from '../container/spec/labels.ts';
import { SelkieError } from '../errors.ts';
import { goJson, sortKeys } from '../image/go-json.ts';
import type { OciHistory, OciImage, OciImageConfig } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { LocalImage } from '../image/local-image.ts';
import { hostPlatform } from '../image/platform.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import { ContainerNameInUse } from '../storage/errors.ts';
import { randomId } from '../storage/ids.ts';
import type { ContainerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { buildLabels } from './build-labels.ts';
import { type BuilderState, bothFormats, defaultCommonOptions, defaultNamespaces, type NewState, newState } from './builder-state.ts';
import { type IdMappingOptions, mapsOf } from './id-maps.ts';
import type { BuildRoot } from './working-container.ts';

const fileName = 'buildah.json';

export class NoWorkingContainer extends SelkieError {
  constructor() {
    super('container not known');
  }
}

export type BuilderSettings = Omit<NewState, 'image' | 'name' | 'id' | 'content' | 'annotations'> & {
  /** Of the container; else it is called after the image. */
  name?: string;
  suffix?: string;
  os: string;
  architecture: string;
  variant?: string;
};

/**
 * A working container of buildah: a container of the store with what its image will say beside it, in the file that buildah keeps
 * (`buildah.json`). The real tool and ours work on the same one in turn.
 */
export class Builder implements BuildRoot {
  private path: string | undefined;

  private constructor(
    private readonly store: Store,
    private readonly record: ContainerRecord,
    readonly state: BuilderState,
  ) {}

  /** A working container by name or ID; a container of another tool is looked at as one. @throws NoWorkingContainer */
  static open(images: ImageEngine, nameOrId: string): Builder {
    const { store } = images;
    const record = nameOrId === '' ? undefined : store.containers.find(nameOrId);
    if (record === undefined) throw new NoWorkingContainer();
    const state = readState(store, record.id) ?? importedState(images, record);
    return new Builder(store, record, { ...state, 'container-name': record.names[0] ?? state['container-name'] });
  }

  /** All that buildah or we have made. */
  static all({ store }: ImageEngine): Builder[] {
    return store.containers.list().flatMap((record) => {
      const state = readState(store, record.id);
      return state === undefined ? [] : [new Builder(store, record, state)];
    });
  }

  /** Makes one, of an image or (undefined) of nothing. @throws SelkieError when the name is taken */
  static create(images: ImageEngine, image: { local: LocalImage; name: string } | undefined, settings: BuilderSettings): Builder {
    const { store } = images;
    const record = createRecord(store, image?.local.id ?? '', image?.name, settings);
    try {
      const content = image === undefined ? scratch(settings) : structuredClone(image.local.image());
      const state = newState({
        ...settings,
        image,
        name: record.names[0]!,
        id: record.id,
        content: withHostname(complete(content, settings), settings.format),
        annotations: {
          ...((image?.local.manifest().parsed['annotations'] as Record<string, string> | undefined) ?? {}),
          'org.opencontainers.image.base.digest': image?.local.digest ?? '',
          // An ID is no name to be told of.
          'org.opencontainers.image.base.name': /^(sha256:)?[0-9a-f]{64}$/.test(image?.name ?? '') ? '' : (image?.name ?? ''),
        },
      });
      const builder = new Builder(store, record, state);
      const { process, mount } = builder.labels;
      if (mount) Object.assign(state, { 'process-label': process, 'mount-label': mount });
      builder.save();
      return builder;
    } catch (error) {
      store.containers.remove(record.id);
      throw error;
    }
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.state['container-name'];
  }

  get idMaps(): IdMappings | undefined {
    return mapsOf(this.state['IDMappingOptions'] as Partial<IdMappingOptions> | undefined);
  }

  get labels(): Labels {
    const { MountLabel = '', ProcessLabel = '' } = this.record.flags as { MountLabel?: string; ProcessLabel?: string };
    return { process: ProcessLabel, mount: MountLabel };
  }

  get layer(): string {
    return this.record.layer;
  }

  /** For what belongs to the container beside its root. */
  get directory(): string {
    return this.store.containers.directory(this.id);
  }

  get runDirectory(): string {
    return this.store.containers.runDirectory(this.id);
  }

  /** The root, mounted when first asked for; `[Symbol.dispose]` takes that mount back. */
  get root(): string {
    this.path ??= this.store.mount(this.id);
    return this.path;
  }

  /** What the image will say; docker's form has a place for all of it. */
  get image(): OciImage {
    return this.state.docker;
  }

  get config(): OciImageConfig {
    const { docker } = this.state;
    docker.config ??= {};
    return docker.config;
  }

  /** Mounts it for the user. @returns where */
  mount(): string {
    return this.store.mount(this.id);
  }

  /** Takes all mounts back. */
  unmount(): void {
    this.store.unmount(this.id, true);
  }

  /** Where it is mounted; empty if it is not. */
  get mountPoint(): string {
    return this.store.layers.mounts.path(this.record.layer) ?? '';
  }

  addHistory(text: string): void {
    const entry: OciHistory = { created: new Date().toISOString(), created_by: text, empty_layer: true };
    this.state.PrependedEmptyLayers = [...(this.state.PrependedEmptyLayers ?? []), entry];
  }

  rename(name: string): void {
    this.store.containers.setNames(this.id, [name]);
    this.state['container-name'] = name;
    this.save();
  }

  save(): void {
    const { annotations } = this.state;
    Object.assign(this.state, bothFormats(this.image), annotations ? { annotations: sortKeys(annotations) } : {});
    writeFileAtomically(join(this.directory, fileName), goJson(this.state), 0o600, false);
  }

  remove(): void {
    this.store.unmount(this.id, true);
    this.store.containers.remove(this.id);
  }

  [Symbol.dispose](): void {
    if (this.path !== undefined) this.store.unmount(this.id);
    this.path = undefined;
  }
}

function readState(store: Store, id: string): BuilderState | undefined {
  try {
    return JSON.parse(readFileSync(join(store.containers.directory(id), fileName), 'utf8')) as BuilderState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SelkieError(`parsing ${fileName} of container ${id}: ${(error as Error).message}`, { cause: error });
  }
}

function importedState(images: ImageEngine, record: ContainerRecord): BuilderState {
  const local = record.image === '' ? undefined : images.lookup(record.image);
  const platform = hostPlatform();
  const state = newState({
    image: local && { local, name: local.names[0] ?? '' },
    name: record.names[0] ?? '',
    id: record.id,
    content: complete(local ? structuredClone(local.image()) : scratch(platform), platform),
    annotations: {},
    isolation: 1,
    namespaces: defaultNamespaces(),
    configureNetwork: 0,
    groupAdd: [],
    capabilities: [],
    common: defaultCommonOptions(),
    format: 'oci',
    devices: [],
  });
  delete state.annotations;
  return state;
}

/** docker's images are said to come of a machine. */
function withHostname(image: OciImage, format: 'oci' | 'docker'): OciImage {
  if (format === 'docker') image.config!.Hostname ||= randomId().slice(0, 12);
  return image;
}

const scratch = ({ os, architecture, variant }: { os: string; architecture: string; variant?: string }): OciImage => ({
  os,
  architecture,
  ...(variant ? { variant } : {}),
  config: { WorkingDir: '/' },
});

function complete(image: OciImage, platform: { os: string; architecture: string; variant?: string }): OciImage {
  image.config ??= {};
  image.config.OnBuild ??= [];
  image.created ??= new Date().toISOString();
  image.os ||= platform.os;
  if (!image.architecture) {
    image.architecture = platform.architecture;
    if (platform.variant) image.variant = platform.variant;
  }
  return image;
}

/** `busybox-working-container`, with a number where that is taken; a name that was asked for must be free. */
function createRecord(
  store: Store,
  image: string,
  imageName: string | undefined,
  { name, suffix, idMaps, common }: BuilderSettings,
): ContainerRecord {
  const options = Array.isArray(common['LabelOpts']) ? (common['LabelOpts'] as string[]) : [];
  const labels = buildLabels(options.map((option) => `label=${option}`));
  const layerOptions = {
    ...(idMaps ? { idMappings: idMaps } : {}),
    ...(labels.mount ? { mountLabel: labels.mount, processLabel: labels.process } : {}),
  };
  const wanted = name || `${imageName === undefined ? '' : `${namePrefix(imageName)}-`}${suffix || 'working-container'}`;
  for (let count = 0; ; count++) {
    const names = [count === 0 ? wanted : `${wanted}-${count}`];
    try {
      return store.containers.create({ names, image, layerOptions, metadata: '', volatile: true });
    } catch (error) {
      if (!(error instanceof ContainerNameInUse)) throw error;
      if (name) throw new SelkieError(`creating container: ${error.message}`, { cause: error });
    }
  }
}

/** The part of an image's name that its containers are called by. */
export function namePrefix(imageName: string): string {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(imageName)?.[1];
  if (hex !== undefined) return hex.slice(0, 12);
  return imageName.split(':')[0]!.split('/').at(-1)!.split('@')[0]!;
}
