import { ContainerfileError } from './errors.ts';
import type { StageContext } from './stage-executor.ts';
import { findStage } from './stages.ts';

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
export async function openSource(context: StageContext, from: string | undefined, before = context.stages.length): Promise<SourceTree> {
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
