import type { ImageEngine } from '../image/image-engine.ts';
import { layerChain } from '../image/new-image.ts';
import { baseImage } from './base-image.ts';
import type { BuildOptions, BuildReport, BuildResult } from './build-options.ts';
import { parseContainerfile } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { type StageContext, StageExecutor, type StageStart } from './stage-executor.ts';
import { findStage, neededStages, planStages, type Stage } from './stages.ts';

/**
 * Builds an image from a Containerfile. Steps whose result an image of the store holds are taken from it; the rest is run in working
 * containers, which are removed at the end whatever happens.
 * @throws ContainerfileError, BuildStepError
 */
export async function buildImage(images: ImageEngine, options: BuildOptions, report: BuildReport): Promise<BuildResult> {
  const file = parseContainerfile(options.containerfile.text);
  const platformValues = platformArguments(options);
  const buildArgs = new Map([...platformValues, ...options.buildArgs]);
  const { stages, globalArgs } = planStages(file, buildArgs, options.target);
  const needed = neededStages(stages, options.skipUnusedStages);
  const context: StageContext = {
    images,
    options: { ...options, buildArgs },
    report,
    file,
    stages: needed,
    globalArgs,
    finished: new Map(),
    executed: new Set(),
  };
  const last = needed.at(-1)!;
  for (const stage of needed) {
    const start = await stageStart(context, stage);
    context.finished.set(stage.index, await new StageExecutor(context, stage, start, stage === last).run());
  }
  warnOfUnusedArguments(options, file.instructions, report);
  const imageId = context.finished.get(last.index)!;
  return { imageId, digest: images.store.images.find(imageId)?.digest };
}

/** What a stage is built upon: nothing, an earlier stage, another build context or an image, pulled by the policy. */
async function stageStart(context: StageContext, stage: Stage): Promise<StageStart> {
  const { images, options } = context;
  if (stage.base === 'scratch') return { image: { architecture: options.architecture, os: options.os, config: {} }, annotations: {} };
  const earlier = findStage(context.stages, stage.base, stage.index);
  const stageImage = earlier && context.finished.get(earlier.index);
  const name = options.buildContexts.get(stage.base)?.image ?? stage.base;
  const platform = stage.platform ? parsePlatformFlag(stage.platform) : options.pull.platform;
  const local = stageImage ? images.lookup(stageImage) : await baseImage(images, name, { ...options.pull, platform });
  if (local.isManifestList) throw new ContainerfileError(`${name}: manifest list has no image for this platform`);
  const image = structuredClone(local.image());
  image.config ??= {};
  // A base without history cannot be told apart by it: entries stand in for its layers.
  image.history ??= layerChain(images.store, local.topLayer).map(() => ({}));
  const shownName = stageImage ? undefined : (local.names.find((full) => full === name || full.includes(name)) ?? local.names[0]);
  const annotations = (local.manifest().parsed['annotations'] as Record<string, string> | undefined) ?? {};
  return { id: local.id, name: shownName, digest: local.digest, image, annotations, topLayer: local.topLayer };
}

function parsePlatformFlag(text: string): { os: string; architecture: string; variant?: string } {
  const [os = 'linux', architecture = '', variant] = text.split('/');
  return { os, architecture, variant };
}

function platformArguments(options: BuildOptions): [string, string][] {
  const { os, architecture, variant } = options;
  const target = [os, architecture, ...(variant ? [variant] : [])].join('/');
  return (['TARGET', 'BUILD'] as const).flatMap((side) => [
    [`${side}PLATFORM`, target],
    [`${side}OS`, os],
    [`${side}ARCH`, architecture],
    [`${side}VARIANT`, variant ?? ''],
  ]);
}

/** A --build-arg that no ARG names is most likely a slip. */
function warnOfUnusedArguments(options: BuildOptions, instructions: { command: string; rest: string }[], report: BuildReport): void {
  const declared = new Set(
    instructions.filter(({ command }) => command === 'ARG').flatMap(({ rest }) => rest.split(/\s+/).map((word) => word.split('=')[0]!)),
  );
  const unused = [...options.buildArgs.keys()].filter((name) => !declared.has(name) && !/_proxy$/i.test(name));
  if (unused.length > 0) report.err(`[Warning] one or more build args were not consumed: [${unused.sort().join(' ')}]`);
}
