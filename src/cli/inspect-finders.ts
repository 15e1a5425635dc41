import type { GlobalOptions } from '../config/globals.ts';
import { SelkieError } from '../errors.ts';
import type { Inspected } from './output/inspected.ts';

export interface InspectContext {
  readonly globals: GlobalOptions;
  /** Sizes of containers too, which walks their files. */
  readonly size: boolean;
}

/** Finds an object of one kind by name. @throws SelkieError when there is none */
type Finder = (name: string, context: InspectContext) => Inspected;

/** Kinds of objects in the order in which a name is looked for among them. */
export const finders: Readonly<Record<Inspected['type'], Finder>> = {
  container: (name, { globals, size }) => {
    const { openContainers } = require('./engine.ts') as typeof import('./engine.ts');
    const { inspectContainer } = require('../container/inspect.ts') as typeof import('../container/inspect.ts');
    using containers = openContainers(globals);
    const container = containers.state.find(name.replace(/^\//, ''));
    if (container === undefined) throw new SelkieError(`no such container ${JSON.stringify(name)}`);
    return { type: 'container', data: inspectContainer(containers, container, { size }) };
  },
  image: (name, { globals }) => {
    const { openImages } = require('./engine.ts') as typeof import('./engine.ts');
    using images = openImages(globals);
    return { type: 'image', data: images.inspect(images.lookup(name), { parent: true }) };
  },
  volume: (name, { globals }) => {
    const { openContainers } = require('./engine.ts') as typeof import('./engine.ts');
    const { volumesOf } = require('../container/container-volumes.ts') as typeof import('../container/container-volumes.ts');
    const { inspectedVolume } = require('../container/volume-use.ts') as typeof import('../container/volume-use.ts');
    const { volumeView } = require('./output/volume-view.ts') as typeof import('./output/volume-view.ts');
    using engine = openContainers(globals);
    try {
      return { type: 'volume', data: volumeView(inspectedVolume(engine, volumesOf(engine).lookup(name))) };
    } catch (error) {
      throw error instanceof SelkieError ? new SelkieError(`no such volume ${name}`, { cause: error }) : error;
    }
  },
  network: (name, { globals }) => {
    const { openContainers, openNetworkStore } = require('./engine.ts') as typeof import('./engine.ts');
    const { networkMembers } = require('../container/network-use.ts') as typeof import('../container/network-use.ts');
    const { networkView } = require('./output/network-view.ts') as typeof import('./output/network-view.ts');
    const network = openNetworkStore(globals).find(name);
    using containers = openContainers(globals);
    return { type: 'network', data: networkView(network, networkMembers(containers, network.name)) };
  },
  pod: (name, { globals }) => {
    const { openContainers } = require('./engine.ts') as typeof import('./engine.ts');
    const { inspectPod } = require('../pod/inspect.ts') as typeof import('../pod/inspect.ts');
    const { lookupPod } = require('../pod/pod.ts') as typeof import('../pod/pod.ts');
    using engine = openContainers(globals);
    try {
      return { type: 'pod', data: inspectPod(engine, lookupPod(engine, name)) };
    } catch (error) {
      throw error instanceof SelkieError ? new SelkieError(`no such pod ${name}`, { cause: error }) : error;
    }
  },
  artifact: (name, { globals }) => {
    const { openArtifacts } = require('./engine.ts') as typeof import('./engine.ts');
    const { ArtifactView } = require('./output/artifact-view.ts') as typeof import('./output/artifact-view.ts');
    using artifacts = openArtifacts(globals);
    return { type: 'artifact', data: new ArtifactView(artifacts.find(name)) };
  },
};

/** The first object of any kind that has the name. @throws SelkieError */
export function findAny(name: string, context: InspectContext): Inspected {
  for (const find of Object.values(finders)) {
    try {
      return find(name, context);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
    }
  }
  throw new SelkieError(`no such object: ${JSON.stringify(name)}`);
}
