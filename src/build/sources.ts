import type { ImageEngine } from '../image/image-engine.ts';
import type { BuildOptions, RunLimits } from './build-options.ts';
import { ContainerfileError } from './errors.ts';
import { findStage, type Stage } from './stages.ts';

/** What a single step needs to know of its build to find what it reads. */
export interface SourceContext {
  images: ImageEngine;
  options: Pick<BuildOptions, 'contextDir' | 'containerfile' | 'ignoreFile' | 'buildContexts' | 'pull'> & {
    run: Pick<RunLimits, 'secrets'>;
  };
  stages: Stage[];
  /** Ids of finished stages' images by index. */
  finished: Map<number, string>;
}

/** A tree that COPY and mounts read from. */
export interface SourceTree extends Disposable {
  /** Directory on the host. */
  root: string;
  /** The build context proper, to which ignore rules apply. */
  isContext: boolean;
}

/**
 * Opens what `--from` names: an earlier stage, a further build context or an image; without it the build's context.
 * @throws ContainerfileError
 */
export async function openSource(context: SourceContext, from: string | undefined, before = context.stages.length): Promise<SourceTree> {
  const { options, images } = context;
  if (from === undefined) {
    if (options.contextDir === undefined) throw new ContainerfileError('no context directory was given to this build');
    return { root: options.contextDir, isContext: true, [Symbol.dispose]() {} };
  }
  const named = options.buildContexts.get(from);
  if (named?.directory !== undefined) return { root: named.directory, isContext: false, [Symbol.dispose]() {} };
  const stage = findStage(context.stages, from, before);
  const imageId = (stage && context.finished.get(stage.index)) ?? (await images.pull(named?.image ?? from, options.pull))[0]!.id;
  const root = images.store.mountImage(imageId);
  return { root, isContext: false, [Symbol.dispose]: () => void images.store.unmountImage(imageId) };
}
