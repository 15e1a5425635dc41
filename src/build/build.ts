import { warn } from '../diagnostics.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { layerChain } from '../image/new-image.ts';
import { hostPlatform, parsePlatform } from '../image/platform.ts';
import { baseImage } from './base-image.ts';
import { buildLabels } from './build-labels.ts';
import type { BuildOptions, BuildReport, BuildResult } from './build-options.ts';
import { exportOutput } from './build-output.ts';
import { type Containerfile, parseContainerfile, splitWords } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { checkTimes } from './image-times.ts';
import { fetchTree, type RemoteTree } from './remote-tree.ts';
import { type StageContext, StageExecutor, type StageStart } from './stage-executor.ts';
import { findStage, neededStages, planStages, platformArgs, proxyArgs, type Stage, splitArg } from './stages.ts';
import { settleMaps } from './user-namespace.ts';

/**
 * Builds an image from a Containerfile. Steps whose result an image of the store holds are taken from it; the rest is run in working
 * containers, which are removed at the end whatever happens.
 * @throws ContainerfileError, BuildStepError
 */
export async function buildImage(images: ImageEngine, options: BuildOptions, report: BuildReport): Promise<BuildResult> {
  checkTimes(options.times);
  const file = parseContainerfile(options.containerfile.text);
  const buildArgs = new Map([...platformArguments(options), ...epochArgument(options), ...options.buildArgs]);
  const { stages, globalArgs } = planStages(file, buildArgs, options.target);
  const needed = neededStages(stages, options.skipUnusedStages, (name) => options.buildContexts.has(name));
  warnOfMissingArguments(needed, file, buildArgs, globalArgs);
  await using stack = new AsyncDisposableStack();
  const trees = new Map<string, Promise<RemoteTree>>();
  const context: StageContext = {
    images,
    options: { ...options, buildArgs },
    report,
    file,
    stripsSpecialBits: true,
    stages: needed,
    stageNames: stages.map(({ name }) => name),
    globalArgs,
    fetch(url) {
      const known = trees.get(url) ?? fetchTree(url).then((tree) => stack.use(tree));
      trees.set(url, known);
      return known;
    },
    finished: new Map(),
    executed: new Set(),
    passing: new Set(),
    labels: buildLabels(options.run.securityOpts),
    idMaps: settleMaps(images.store, options.run.userns),
  };
  stack.defer(() => dropPassingImages(context));
  const last = needed.at(-1)!;
  await buildStages(context, last);
  warnOfUnusedArguments(options, file, report);
  const imageId = context.finished.get(last.index)!;
  for (const output of options.outputs) await exportOutput(images.store, imageId, output, options.times);
  const image = images.store.images.find(imageId);
  if (options.tags.length > 0) for (const name of image?.names ?? []) report.out(`Successfully tagged ${name}`);
  return { imageId, digest: image?.digest };
}

/** Each stage begins when those that it needs are done, and no more than `jobs` are at work. The first that fails ends the build. */
async function buildStages(context: StageContext, last: Stage): Promise<void> {
  const { stages, options } = context;
  const limit = options.jobs === 0 ? stages.length : Math.max(1, options.jobs);
  const waiting = [...stages];
  const running = new Map<number, Promise<void>>();
  let failure: unknown;
  const run = async (stage: Stage): Promise<void> => {
    const start = await stageStart(context, stage);
    context.finished.set(stage.index, await new StageExecutor(context, stage, start, stage === last).run());
  };
  while (waiting.length > 0 || running.size > 0) {
    while (failure === undefined && running.size < limit) {
      const at = waiting.findIndex((stage) => stage.needs.every((need) => context.finished.has(need)));
      if (at < 0) break;
      const [stage] = waiting.splice(at, 1) as [Stage];
      const done = run(stage)
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => running.delete(stage.index));
      running.set(stage.index, done);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure !== undefined) throw failure;
}

/** Without layers, images of stages are there for this build alone. */
function dropPassingImages({ images, passing, finished, stages }: StageContext): void {
  const result = finished.get(stages.at(-1)!.index);
  for (const id of passing) {
    if (id === result) continue;
    const image = images.store.images.find(id);
    if (image?.id === id && image.names.length === 0) images.store.images.remove(id);
  }
}

/** What a stage is built upon: nothing, an earlier stage, another build context or an image, pulled by the policy. */
async function stageStart(context: StageContext, stage: Stage): Promise<StageStart> {
  const { images, options } = context;
  const wanted = stage.platform ? parsePlatform(stage.platform) : undefined;
  if (stage.base === 'scratch') {
    const none = { 'org.opencontainers.image.base.digest': '', 'org.opencontainers.image.base.name': '' };
    const [, , variant] = (stage.platform ?? '').split('/');
    const { os = options.os, architecture = options.architecture } = wanted ?? {};
    return { image: { architecture, os, ...(variant ? { variant } : {}), config: {} }, annotations: none };
  }
  const earlier = findStage(context.stages, stage.base, stage.index);
  const stageImage = earlier && context.finished.get(earlier.index);
  const replaced = options.buildContexts.get(stage.base);
  if (replaced && replaced.image === undefined)
    throw new ContainerfileError(
      `build context ${JSON.stringify(stage.base)} is not an image, can not be used for FROM ${JSON.stringify(stage.base)}`,
    );
  const name = replaced?.image ?? stage.base;
  const platform = wanted ?? options.pull.platform;
  const local = stageImage ? images.lookup(stageImage) : await baseImage(images, name, { ...options.pull, platform });
  if (local.isManifestList) throw new ContainerfileError(`${name}: manifest list has no image for this platform`);
  const image = structuredClone(local.image());
  image.config ??= {};
  // A base without history cannot be told apart by it: entries stand in for its layers.
  image.history ??= layerChain(images.store, local.topLayer).map(() => ({}));
  // Of one that was asked for by its ID there is no name to tell of.
  const isId = /^(sha256:)?[0-9a-f]{12,64}$/.test(name) && !local.names.some((full) => full.includes(name));
  const shownName = stageImage || isId ? undefined : (local.names.find((full) => full === name || full.includes(name)) ?? local.names[0]);
  const { parsed, mediaType } = local.manifest();
  const inherited = (parsed['annotations'] as Record<string, string> | undefined) ?? {};
  const annotations = stageImage
    ? inherited
    : {
        ...inherited,
        'org.opencontainers.image.base.digest': local.digest ?? '',
        'org.opencontainers.image.base.name': shownName ?? '',
      };
  return { id: local.id, name: shownName, digest: local.digest, manifestType: mediaType, image, annotations, topLayer: local.topLayer };
}

function platformArguments({ os, architecture, variant }: BuildOptions): [string, string][] {
  const own = hostPlatform();
  const sides = [
    ['TARGET', os, architecture, variant],
    ['BUILD', own.os, own.architecture, own.variant],
  ] as const;
  return sides.flatMap(([side, system, machine, kind]): [string, string][] => [
    [`${side}PLATFORM`, [system, machine, ...(kind ? [kind] : [])].join('/')],
    [`${side}OS`, system],
    [`${side}ARCH`, machine],
    [`${side}VARIANT`, kind ?? ''],
  ]);
}

function epochArgument({ times }: BuildOptions): [string, string][] {
  return times.sourceDateEpoch ? [['SOURCE_DATE_EPOCH', String(Math.floor(times.sourceDateEpoch.getTime() / 1000))]] : [];
}

/** Arguments that are known without being declared. */
const builtIn = (name: string): boolean => platformArgs.has(name) || proxyArgs.has(name) || name === 'SOURCE_DATE_EPOCH';

/** An ARG that has no value anywhere is most likely to be given one. */
function warnOfMissingArguments(
  stages: readonly Stage[],
  file: Containerfile,
  given: Map<string, string>,
  globals: Map<string, string>,
): void {
  const found = new Set<string>();
  for (const { instructions } of stages) {
    for (const { command, rest } of instructions) {
      if (command !== 'ARG') continue;
      const [name, fallback] = splitArg(splitWords(rest, file.escapeChar)[0] ?? '');
      if (fallback) found.add(name);
      if (fallback !== undefined || found.has(name) || given.has(name) || globals.has(name) || builtIn(name)) continue;
      warn(
        `missing ${JSON.stringify(name)} build argument. Try adding ${JSON.stringify(`--build-arg ${name}=<VALUE>`)} to the command line`,
      );
    }
  }
}

/** A --build-arg that no ARG names is most likely a slip. */
function warnOfUnusedArguments(options: BuildOptions, { instructions }: Containerfile, report: BuildReport): void {
  const declared = new Set(
    instructions.filter(({ command }) => command === 'ARG').flatMap(({ rest }) => rest.split(/\s+/).map((word) => word.split('=')[0]!)),
  );
  const unused = [...options.buildArgs.keys()].filter((name) => !declared.has(name) && !builtIn(name));
  if (unused.length > 0) report.out(`[Warning] one or more build args were not consumed: [${unused.sort().join(' ')}]`);
}
