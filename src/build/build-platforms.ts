import { SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { ImageNotKnown } from '../image/image-errors.ts';
import { addImageToList } from '../image/list-commands.ts';
import { createList, findList } from '../image/list-edit.ts';
import { readRemoteManifest } from '../image/list-remote.ts';
import { isListType } from '../image/media-types.ts';
import { normalizeArchitecture } from '../image/platform.ts';
import { buildImage } from './build.ts';
import type { BuildOptions, BuildReport, BuildResult } from './build-options.ts';
import { parseContainerfile } from './containerfile.ts';
import { planStages } from './stages.ts';

export interface BuildPlatform {
  os: string;
  architecture: string;
  variant?: string;
}

export interface PlatformPlan {
  /** What the images are built for; none: every platform that all base images have. */
  platforms: readonly BuildPlatform[];
  /** List to which the images are added, made where it is missing. */
  manifest?: string;
  /** Where a build says what it does. */
  report: (platform: BuildPlatform) => BuildReport;
}

/** Builds an image for each platform, one after the other. @returns the images in the order of the platforms @throws SelkieError */
export async function buildForPlatforms(images: ImageEngine, options: BuildOptions, plan: PlatformPlan): Promise<BuildResult[]> {
  const platforms = plan.platforms.length > 0 ? plan.platforms : await commonPlatforms(images, options);
  const results: BuildResult[] = [];
  for (const platform of platforms) {
    const prefix = platforms.length > 1 ? `[${formatPlatform(platform)}] ` : '';
    const { os, architecture, variant } = platform;
    const pull = { ...options.pull, ...(platforms.length > 1 || options.pull.platform ? { platform } : {}) };
    try {
      results.push(await buildImage(images, { ...options, os, architecture, variant, pull, logPrefix: prefix }, plan.report(platform)));
    } catch (error) {
      if (prefix === '' || !(error instanceof SelkieError)) throw error;
      throw new SelkieError(`${prefix.trim()}: ${error.message}`, { cause: error, exitCode: error.exitCode });
    }
  }
  if (plan.manifest) await addToList(images, plan.manifest, results, platforms);
  return results;
}

export const formatPlatform = ({ os, architecture, variant }: BuildPlatform): string =>
  [os, architecture, ...(variant ? [variant] : [])].join('/');

async function addToList(
  images: ImageEngine,
  name: string,
  results: readonly BuildResult[],
  platforms: readonly BuildPlatform[],
): Promise<void> {
  let id: string;
  try {
    id = findList(images, name).id;
  } catch (error) {
    if (!(error instanceof ImageNotKnown)) throw error;
    id = createList(images, name);
  }
  for (const [i, { imageId }] of results.entries()) {
    const { os, architecture, variant } = platforms[i]!;
    await addImageToList(images, id, `containers-storage:${imageId}`, {}, { os, architecture, ...(variant ? { variant } : {}) });
  }
}

/** --all-platforms: what every base image that is no stage is there for. @throws SelkieError */
async function commonPlatforms(images: ImageEngine, options: BuildOptions): Promise<BuildPlatform[]> {
  const file = parseContainerfile(options.containerfile.text);
  const { stages } = planStages(file, options.buildArgs, options.target);
  const bases = stages
    .filter(({ base, index }) => base !== 'scratch' && !stages.some((stage) => stage.index < index && stage.name === base))
    .map(({ base }) => options.buildContexts.get(base)?.image ?? base);
  if (bases.length === 0) throw new SelkieError('build uses no non-scratch base images');
  let common: string[] | undefined;
  for (const base of bases) {
    const found = await platformsOf(images, base, options);
    common = common === undefined ? found : common.filter((platform) => found.includes(platform));
  }
  if (!common?.length) throw new SelkieError('base images have no platforms in common');
  return common.map((text) => {
    const [os = '', architecture = '', variant] = text.split('/');
    return { os, architecture, ...(variant ? { variant } : {}) };
  });
}

async function platformsOf(images: ImageEngine, base: string, options: BuildOptions): Promise<string[]> {
  const { bytes, mediaType } = await readRemoteManifest(images, base, options.pull);
  if (!isListType(mediaType)) throw new SelkieError(`base image name ${JSON.stringify(base)} didn't resolve to a manifest list`);
  const { manifests } = JSON.parse(new TextDecoder().decode(bytes)) as {
    manifests?: { platform?: { os?: string; architecture?: string; variant?: string }; artifactType?: string }[];
  };
  return (manifests ?? []).flatMap(({ platform, artifactType }) => {
    if (!platform?.os || platform.os === 'unknown' || artifactType || !knownArchitectures.has(platform.architecture ?? '')) return [];
    const { architecture, variant } = normalizeArchitecture(platform.architecture!, platform.variant);
    return [formatPlatform({ os: platform.os, architecture, ...(variant ? { variant } : {}) })];
  });
}

/** Go's compiler knows these; images for others are no base. */
const knownArchitectures = new Set(
  '386 amd64 amd64p32 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(' '),
);
