import { SelkieError } from '../errors.ts';
import { compareTrees } from '../storage/compare-trees.ts';
import type { Change } from '../storage/layers.ts';
import type { EngineContext } from './engine-context.ts';
import { lookupImage } from './lookup.ts';

/** Places that podman itself writes to in containers: they are no change of anybody's. */
const ownPaths = new Set([
  '/dev',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/mtab',
  '/proc',
  '/run',
  '/run/notify',
  '/run/.containerenv',
  '/run/secrets',
  '/sys',
]);

/** What an image's top layer changes of those below it; with `from`, what differs from that image. @throws SelkieError */
export async function imageChanges(engine: EngineContext, name: string, from?: string): Promise<Change[]> {
  const layer = topLayerOf(engine, name);
  const other = from === undefined ? undefined : topLayerOf(engine, from);
  return layerChanges(engine, layer, other);
}

/** The same of layers. */
export async function layerChanges(engine: EngineContext, layer: string, from?: string): Promise<Change[]> {
  const { layers } = engine.store;
  const record = layers.get(layer);
  const changes = from === undefined || from === record?.parent ? await layers.changes(layer) : between(engine, from, layer);
  return changes.filter(({ path }) => !ownPaths.has(path));
}

function between(engine: EngineContext, from: string, to: string): Change[] {
  const { store } = engine;
  using stack = new DisposableStack();
  const mount = (layer: string): string => {
    const path = store.mount(layer, { readOnly: true });
    stack.defer(() => store.unmount(layer));
    return path;
  };
  return compareTrees(mount(from), mount(to));
}

/** The layer that an image ends with. @throws SelkieError */
export function topLayerOf(engine: EngineContext, name: string): string {
  try {
    const layer = lookupImage(engine.store, name).image.topLayer;
    if (layer === undefined) throw new SelkieError('image has no layers');
    return layer;
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`${name} not found: ${cause.message}`, { cause });
  }
}
