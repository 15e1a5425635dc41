/**
 * What npm users import: the store, the images in it, copies between places, builds and containers. Nothing here prints or exits;
 * what it has to say beside its results comes to `onDiagnostic`.
 *
 *     import { ImageEngine, resolveStoreOptions, Store } from 'selkie';
 *     using store = Store.open(resolveStoreOptions({}));
 *     for (const image of new ImageEngine(store).list()) console.log(image.id, image.names);
 */
export { type AddOptions, addArtifact } from './artifact/add.ts';
export type { Artifact } from './artifact/artifact.ts';
export { ArtifactStore } from './artifact/artifact-store.ts';
export { extractArtifact } from './artifact/extract.ts';
export { buildImage } from './build/build.ts';
export { buildDefaults } from './build/build-defaults.ts';
export {
  type BuildOptions,
  type BuildOutput,
  type BuildReport,
  type BuildResult,
  noLimits,
  type RunLimits,
} from './build/build-options.ts';
export { type BuildPlatform, buildForPlatforms, type PlatformPlan } from './build/build-platforms.ts';
export { Builder, type BuilderSettings, NoWorkingContainer } from './build/builder.ts';
export { type BuilderCommit, type CommittedBuilder, commitBuilder } from './build/builder-commit.ts';
export { type ConfigChanges, changeConfig } from './build/builder-config.ts';
export { type BuilderCopy, copyIntoBuilder } from './build/builder-copy.ts';
export { type BuilderRun, plainRun, runInBuilder } from './build/builder-run.ts';
export { defaultCommonOptions, defaultNamespaces } from './build/builder-state.ts';
export type { GlobalOptions } from './config/globals.ts';
export { resolveStoreOptions, type StoreOptions, type StoreOverrides } from './config/storage-conf.ts';
export { ContainerEngine } from './container/engine.ts';
export { type DiagnosticListener, type Level, onDiagnostic } from './diagnostics.ts';
export { NotYet, SelkieError } from './errors.ts';
export { type CopyOptions, type CopyProgress, type CopyResult, copyImage } from './image/copy.ts';
export { ImageEngine } from './image/image-engine.ts';
export { parseImageName } from './image/image-name.ts';
export { LocalImage } from './image/local-image.ts';
export type { PullOptions, PushOptions, SaveOptions } from './image/pull-options.ts';
export { formatReference, normalizeReference, parseReference, type Reference } from './image/reference.ts';
export type { ImageDestination, ImageReference, ImageSource } from './image/transport.ts';
export { type ContainerRecord, type ImageRecord, type LayerRecord, Store } from './storage/store.ts';
