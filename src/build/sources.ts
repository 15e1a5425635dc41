import { realpathSync } from 'node:fs';
import type { ImageEngine } from '../image/image-engine.ts';
import type { BuildOptions, RunLimits } from './build-options.ts';
import { ContainerfileError } from './errors.ts';
import type { RemoteTree } from './remote-tree.ts';
import { findStage, type Stage } from './stages.ts';

/** What a single step needs to know of its build to find what it reads. */
export interface SourceContext {
  images: ImageEngine;
  options: Pick<BuildOptions, 'contextDir' | 'containerfile' | 'ignoreFile' | 'buildContexts' | 'pull'> & {
    run: Pick<RunLimits, 'secrets' | 'ssh'>;
  };
  /** Fetches a tree that is kept until the build ends. */
  fetch: (url: string) => Promise<RemoteTree>;
  /** setuid and setgid bits do not come in from a context. */
  stripsSpecialBits: boolean;
  stages: Stage[];
  /** Of all stages, by index. */
  stageNames: string[];
  /** Ids of finished stages' images by index. */
  finished: Map<number, string>;
}

/** A tree that COPY and mounts read from. */
export interface SourceTree extends Disposable {
  /** Directory on the host. */
  root: string;
  /** The build context proper, to which ignore rules apply. */
  isContext: boolean;
  /** A directory that is a context too, with ignore rules of its own. */
  ownRules?: boolean;
  /** The image that it is of. */
  imageId?: string;
}

/**
 * Opens what `--from` names: an earlier stage, a further build context or an image; without it the build's context.
 * @throws ContainerfileError
 */
export async function openSource(context: SourceContext, from: string | undefined, before = context.stages.length): Promise<SourceTree> {
  const { options, images } = context;
  if (from === undefined) {
    if (options.contextDir === undefined) throw new ContainerfileError('no context directory was given to this build');
    return { root: realpathSync(options.contextDir), isContext: true, [Symbol.dispose]() {} };
  }
  // A stage may be meant by its number, and its name be another context's.
  const byNumber = /^\d+$/.test(from) && Number(from) < before ? context.stageNames[Number(from)] : undefined;
  const named = options.buildContexts.get(from) ?? options.buildContexts.get(byNumber ?? from);
  if (named?.url !== undefined) named.directory = (await context.fetch(named.url)).directory;
  if (named?.directory !== undefined)
    return {
      root: realpathSync(named.directory),
      isContext: false,
      ownRules: named.url === undefined && !named.isRoot,
      [Symbol.dispose]() {},
    };
  const stage = named ? undefined : findStage(context.stages, from, before);
  const imageId = (stage && context.finished.get(stage.index)) ?? (await images.pull(named?.image ?? from, options.pull))[0]!.id;
  const root = images.store.mountImage(imageId);
  return { root, isContext: false, ...(stage ? {} : { imageId }), [Symbol.dispose]: () => void images.store.unmountImage(imageId) };
}
