import { mkdirSync } from 'node:fs';
import { findConmon } from '../../config/containers-conf.ts';
import { layerChain, storeNewImage } from '../../image/new-image.ts';
import { formatReference, normalizeLocalName, withDefaultTag } from '../../image/reference.ts';
import { storeLayer } from '../../storage/layer-staging.ts';
import { nowText } from '../clock.ts';
import type { Container } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import { distribution, hasUnifiedCgroups, hostArchitecture, kernelVersion } from '../info/host.ts';
import { programVersion } from '../info/programs.ts';
import type { OciRuntime } from '../runtime.ts';
import { type ArchiveOptions, checkpointTar, unpackArchive } from './archive.ts';
import { requireExportable } from './checkpoint.ts';
import { criuVersion } from './criu.ts';

const PREFIX = 'io.podman.annotations.checkpoint.';

/** The release whose archives these are. */
const PODMAN_VERSION = '5.8.6';

/** Makes an image of one layer that holds the checkpoint; its annotations say what it needs. */
export async function createCheckpointImage(
  engine: ContainerEngine,
  container: Container,
  runtime: OciRuntime,
  name: string,
  options: ArchiveOptions,
): Promise<void> {
  requireExportable(container);
  const { store } = engine;
  const reference = formatReference(withDefaultTag(normalizeLocalName(name)));
  const id = await storeLayer(store, checkpointTar(engine, container, options));
  const created = nowText();
  storeNewImage(store, {
    format: 'oci',
    topLayer: id,
    image: {
      created,
      architecture: hostArchitecture(),
      os: 'linux',
      config: { WorkingDir: '/' },
      history: [{ created, created_by: '/bin/sh' }],
    },
    annotations: { ...(await annotationsOf(engine, container, runtime)), 'org.opencontainers.image.created': created },
    names: [reference],
  });
}

async function annotationsOf(engine: ContainerEngine, { config }: Container, runtime: OciRuntime): Promise<Record<string, string>> {
  const conmon = engine.globals.conmon || findConmon();
  const { distribution: system, version } = distribution();
  return Object.fromEntries(
    Object.entries({
      name: config.name,
      rawImageName: config.image.rawName,
      rootfsImageID: config.image.id,
      rootfsImageName: config.image.name,
      'podman.version': PODMAN_VERSION,
      'criu.version': String(criuVersion()),
      'runtime.name': runtime.name,
      'runtime.version': await programVersion(runtime.path),
      'conmon.version': (await programVersion(conmon)).replace('\n', ', '),
      'host.arch': hostArchitecture(),
      'host.kernel': kernelVersion(),
      'cgroups.version': hasUnifiedCgroups() ? 'v2' : 'v1',
      'distribution.version': version,
      'distribution.name': system,
    }).map(([key, value]) => [`${PREFIX}${key}`, value]),
  );
}

/** Whether an image is of a checkpoint. @throws ImageNotKnown */
export function isCheckpointImage(engine: ContainerEngine, name: string): boolean {
  const annotations = engine.images.lookup(name).manifest().parsed['annotations'] as Record<string, string> | undefined;
  return Object.keys(annotations ?? {}).some((key) => key.startsWith(PREFIX));
}

/** Unpacks the checkpoint that an image holds into a new directory. */
export async function unpackCheckpointImage(engine: ContainerEngine, name: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const { topLayer } = engine.images.lookup(name);
  for (const layer of layerChain(engine.store, topLayer)) await unpackArchive(engine.store.layers.diffTar(layer.id), target, name);
}
