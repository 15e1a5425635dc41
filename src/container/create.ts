import { findInitBinary } from '../config/containers-conf.ts';
import { warn } from '../diagnostics.ts';
import { randomId } from '../storage/ids.ts';
import { Container, freshState } from './container.ts';
import { buildConfig } from './create-config.ts';
import { InvalidArgument } from './create-errors.ts';
import { settleIdMappings } from './create-mappings.ts';
import type { CreateOptions } from './create-options.ts';
import { makeStorage, type NewStorage } from './create-storage.ts';
import { validateConfig, validateOptions } from './create-validate.ts';
import type { ContainerEngine } from './engine.ts';
import { NameInUse } from './errors.ts';
import { parseUlimits } from './options/ulimits.ts';
import { randomName } from './random-name.ts';
import { type SettledImage, settleAnnotations, settleHealthcheck, settleImage } from './settle-image.ts';
import { joinNamespaces, settleNamespaces, validateNamespaces } from './settle-namespaces.ts';
import { buildSpec } from './spec/build-spec.ts';
import { checkResources } from './spec/check-resources.ts';
import { containerCommand } from './spec/command.ts';
import { containerEnvironment } from './spec/environment.ts';
import { collectUserMounts } from './spec/user-mounts.ts';
import { markCreation } from './unfinished-create.ts';

/**
 * Makes a container: settles what was asked for against the image and containers.conf, gives it a layer, its volumes and secrets,
 * and enters it in the state database. Until that last step everything is taken back when something fails.
 * The image must be in the store already.
 */
export async function createContainer(engine: ContainerEngine, options: CreateOptions): Promise<Container> {
  const { conf } = engine;
  const tell = options.onWarning ?? warn;
  const image = settleImage(engine, options);
  const namespaces = settleNamespaces(options, conf);
  validateOptions(options);
  validateNamespaces(options, namespaces);
  const shared = joinNamespaces(options, namespaces, (name) => engine.state.lookup(name));
  const mappings = settleIdMappings(engine, options, namespaces, image?.config.User ?? '');
  const mounts = collectUserMounts({
    options,
    imageVolumes: image && Object.keys(image.config.Volumes ?? {}),
    imageVolumeMode: options.imageVolumeMode || conf.engine.image_volume_mode,
    configured: conf.containers.volumes,
    pid: namespaces.pid,
    findInit: findInitBinary,
    findContainer: (name) => engine.state.lookup(name),
  });
  if (options.ports?.length && !['bridge', 'slirp4netns', 'pasta'].includes(namespaces.net.kind))
    tell(`Port mappings have been discarded because "${namespaces.net.kind}" network namespace mode does not support them`);

  const imageLabels = image?.config.Labels ?? undefined;
  const labels = { ...imageLabels, ...options.labels };
  const command = commandOf(options, image);
  const user = options.user || image?.config.User || mappings.defaultUser || '';
  const workdir = options.workdir || image?.config.WorkingDir || '/';
  const spec = buildSpec({
    options,
    conf,
    namespaces,
    idMappings: mappings,
    labels,
    imageLabels: image && (imageLabels ?? {}),
    annotations: settleAnnotations(options, conf),
    command,
    env: environmentOf(engine, options, image),
    mounts: mounts.mounts,
    user,
    askedUser: options.user || image?.config.User || '',
    workdir,
    ulimits: [...parseUlimits(conf.containers.default_ulimits), ...(options.ulimits ?? [])],
    ...sharedHostname(engine, options, shared.namespaces.uts.container),
  });
  checkResources(spec, options, tell);
  const config = buildConfig(engine, {
    id: randomId(),
    name: withoutSlash(options.name) || freeName(engine),
    options,
    image,
    namespaces,
    shared,
    mappings,
    mounts,
    labels,
    user,
    workdir,
    command,
    healthcheck: settleHealthcheck(options, image?.config),
    spec,
  });
  validateConfig(config);
  const container = new Container(config, freshState());
  enter(engine, container, options);
  const inspectData = conf.engine.events_container_create_inspect_data ? inspected(engine, container) : undefined;
  engine.events.writeContainerEvent(container, 'create', { inspectData });
  return container;
}

/** What `inspect` says of it, for whoever follows events. */
function inspected(engine: ContainerEngine, container: Container): string {
  const { inspectContainer } = require('./inspect.ts') as typeof import('./inspect.ts');
  return JSON.stringify(inspectContainer(engine, container));
}

/** Gives the container its place on disk and in the state database, or leaves nothing. */
function enter(engine: ContainerEngine, container: Container, options: CreateOptions): void {
  const generated = !options.name;
  using _mark = markCreation(engine, container.config.id);
  for (;;) {
    let storage: NewStorage | undefined;
    try {
      const holder = engine.state.nameHolder(container.config.name);
      if (holder !== undefined && generated) {
        container.config.name = randomName();
        continue;
      }
      storage = makeStorage(engine, container, options);
      engine.state.addContainer(container);
      return;
    } catch (error) {
      storage?.undo();
      // Another process drew the same name a moment before.
      if (!generated || !(error instanceof NameInUse)) throw error;
      container.config.name = randomName();
    }
  }
}

/** Docker's names begin with a slash. */
const withoutSlash = (name: string | undefined): string => (name ?? '').replace(/^\//, '');

function freeName(engine: ContainerEngine): string {
  for (;;) {
    const name = randomName();
    if (engine.state.nameHolder(name) === undefined) return name;
  }
}

function commandOf(options: CreateOptions, image: SettledImage | undefined): string[] {
  return containerCommand({
    ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
    ...(options.command ? { command: options.command } : {}),
    ...(image?.config.Entrypoint ? { imageEntrypoint: image.config.Entrypoint } : {}),
    ...(image?.config.Cmd ? { imageCommand: image.config.Cmd } : {}),
    init: options.init ?? false,
  });
}

function environmentOf({ conf }: ContainerEngine, options: CreateOptions, image: SettledImage | undefined): Record<string, string> {
  return containerEnvironment({
    image: image && (image.config.Env ?? []),
    configured: conf.containers.env,
    given: options.env ?? {},
    envHost: options.envHost ?? conf.containers.env_host,
    temporary: conf.engine.image_copy_tmp_dir,
    httpProxy: options.httpProxy ?? conf.containers.http_proxy,
    merge: options.envMerge ?? [],
    unset: options.unsetEnv ?? [],
    unsetAll: options.unsetEnvAll ?? false,
    tty: options.tty ?? false,
  });
}

function sharedHostname(engine: ContainerEngine, options: CreateOptions, donor: string | undefined): { sharedHostname?: string } {
  if (donor === undefined) return {};
  if (options.pod?.hostname) return { sharedHostname: options.pod.hostname };
  const found = engine.state.get(donor);
  if (!found) throw new InvalidArgument(`looking up container to share uts namespace with: no container with ID ${donor}`);
  return { sharedHostname: found.config.hostname };
}
