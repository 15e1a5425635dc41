import { warn } from '../diagnostics.ts';
import { randomId } from '../storage/ids.ts';
import { Container, type ContainerConfig, freshState } from './container.ts';
import { makeStorage } from './create-storage.ts';
import { validateName } from './create-validate.ts';
import type { ContainerEngine } from './engine.ts';
import { NameInUse } from './errors.ts';
import { checkResources } from './spec/check-resources.ts';
import { type ContainerChanges, changeSpec } from './update.ts';

export interface CloneOptions {
  /** Without one it is the original's with `-clone` after it. */
  name?: string;
  /** Another image than the original's, which is in the store. */
  image?: string;
  changes?: ContainerChanges;
  /** IDs of the original's pod and of its containers by those of the clone's. */
  ids?: ReadonlyMap<string, string>;
  /** What else is to be different. */
  adapt?: (config: ContainerConfig) => void;
}

/** Makes a container that is set up like another: the same mounts, volumes, networks and limits, with a fresh layer of its own. */
export function cloneContainer(engine: ContainerEngine, original: Container, options: CloneOptions): Container {
  const config = ownCopy(original.config, options.ids);
  config.name = options.name ? options.name.replace(/^\//, '') : cloneName(engine, original.config.name);
  config.created = new Date().toISOString();
  if (options.image) {
    const image = engine.images.lookup(options.image);
    config.image = { id: image.id, name: options.image, rawName: options.image, digest: image.digest };
  }
  if (options.changes) changeSpec(config.spec, options.changes);
  checkResources(config.spec, { image: '' }, warn);
  options.adapt?.(config);
  validateName(config.name);
  const holder = engine.state.nameHolder(config.name);
  if (holder !== undefined) throw new NameInUse(config.name, holder);
  const clone = new Container(config, freshState());
  const storage = makeStorage(engine, clone, {});
  try {
    engine.state.addContainer(clone);
  } catch (error) {
    storage.undo();
    throw error;
  }
  engine.events.writeContainerEvent(clone, 'create');
  return clone;
}

/** The settings under an ID of their own, which paths, the hostname and the names on networks are made of. */
function ownCopy(config: ContainerConfig, others: ReadonlyMap<string, string> = new Map()): ContainerConfig {
  let text = JSON.stringify(config);
  for (const [from, to] of [[config.id, randomId()] as const, ...others]) {
    text = text.replaceAll(from, to).replaceAll(from.slice(0, 12), to.slice(0, 12));
  }
  return JSON.parse(text) as ContainerConfig;
}

function cloneName(engine: ContainerEngine, name: string): string {
  const first = `${name}-clone`;
  if (engine.state.nameHolder(first) === undefined) return first;
  for (let number = 1; ; number++) {
    const candidate = `${first}${number}`;
    if (engine.state.nameHolder(candidate) === undefined) return candidate;
  }
}
