import type { Labels } from '../container/spec/labels.ts';
import { debug } from '../diagnostics.ts';
import type { OciHistory, OciImage } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { dockerManifest, ociManifest } from '../image/media-types.ts';
import { storeNewImage } from '../image/new-image.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import type { BuildOptions, BuildReport } from './build-options.ts';
import { Builder } from './builder.ts';
import { type CachedStep, type CacheQuery, findCachedStep, type StageBase } from './cache.ts';
import { applyConfigStep, type StageState } from './config-steps.ts';
import type { Containerfile, Instruction } from './containerfile.ts';
import { parseContainerfile } from './containerfile.ts';
import { copyIntoContainer, type PreparedCopy, prepareCopy } from './copy.ts';
import { BuildStepError, ContainerfileError } from './errors.ts';
import { createdBy } from './history.ts';
import { createdTime, isTimeFixed } from './image-times.ts';
import { mountIdentity } from './mount-identity.ts';
import { fetchCachedStep, pushCachedStep, stepKey } from './remote-cache.ts';
import type { RemoteTree } from './remote-tree.ts';
import { runStep } from './run.ts';
import { scanContainer } from './sbom.ts';
import type { Stage } from './stages.ts';
import { describeStep, optionMarks, type StepPlace, stepAnnotations } from './step-image.ts';
import { WorkingContainer } from './working-container.ts';

/** What later stages and the build as a whole know of the stages before. */
export interface StageContext {
  images: ImageEngine;
  options: BuildOptions;
  report: BuildReport;
  file: Containerfile;
  stripsSpecialBits: boolean;
  stages: Stage[];
  /** Of all stages, those that are left out too. */
  stageNames: string[];
  globalArgs: Map<string, string>;
  /** Fetches a tree that is kept until the build ends. */
  fetch: (url: string) => Promise<RemoteTree>;
  /** Ids of finished stages' images by index. */
  finished: Map<number, string>;
  /** Stages that were run and not taken from the cache: their content is not in any history. */
  executed: Set<number>;
  /** Images of stages that nobody asked for; they go when the build ends. */
  passing: Set<string>;
  /** Of the working containers. */
  idMaps: IdMappings | undefined;
  labels: Labels;
}

/** The image that a stage begins with. */
export interface StageStart {
  id?: string;
  name?: string;
  digest?: string;
  /** Media type of the manifest. */
  manifestType?: string;
  image: OciImage;
  /** Of the image, with the base's name and digest. */
  annotations: Record<string, string>;
  topLayer?: string;
}

/** Media types of what is built. */
const manifestTypes = { oci: ociManifest, docker: dockerManifest } as const;
const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const layerSteps = new Set(['RUN', 'COPY', 'ADD']);

/** Runs the steps of one stage, each from the cache where an image holds it already. */
export class StageExecutor {
  private readonly state: StageState;
  private base: StageBase;
  private image: OciImage;
  private cacheUsable: boolean;
  private lastId: string | undefined;
  /** Where all steps go to a single layer. */
  private container: WorkingContainer | undefined;
  private pendingHistory: OciHistory[] = [];
  private looked: { imageId: string; root: string } | undefined;
  private commentPending: string | undefined;
  /** Of the image that the next step is built upon. */
  private manifestType: string;
  private readonly inheritedAnnotations: Record<string, string>;

  constructor(
    private readonly context: StageContext,
    private readonly stage: Stage,
    private readonly start: StageStart,
    private readonly isLastStage: boolean,
  ) {
    const { options } = context;
    this.image = structuredClone(start.image);
    // What was asked for is what the result says, whatever the base says of itself.
    if (options.pull.platform) Object.assign(this.image, { architecture: options.architecture, os: options.os });
    this.image.architecture ??= options.architecture;
    this.image.os ??= options.os;
    if (!this.image.variant && options.variant) this.image.variant = options.variant;
    this.base = {
      imageId: start.id,
      topLayer: start.topLayer,
      history: this.image.history ?? [],
      diffIds: this.image.rootfs?.diff_ids ?? [],
    };
    this.cacheUsable = options.layers && options.useCache;
    this.lastId = start.id;
    this.commentPending = start.name === undefined ? undefined : `FROM ${start.name}`;
    this.manifestType = start.manifestType ?? '';
    this.inheritedAnnotations = start.annotations;
    const config = this.image.config ?? {};
    if (!options.inheritLabels) config.Labels = null;
    if (!config.Env?.some((entry) => entry.startsWith('PATH='))) config.Env = [...(config.Env ?? []), defaultPath];
    this.state = {
      config,
      author: this.image.author,
      args: new Map(),
      declared: new Set(),
      cmdSet: false,
      escapeChar: context.file.escapeChar,
      buildArgs: options.buildArgs,
      globalArgs: context.globalArgs,
    };
  }

  /** @returns the stage's image */
  async run(): Promise<string> {
    const { options } = this.context;
    const instructions = this.plannedInstructions();
    const total = instructions.length + 1;
    this.say(1, total, `FROM ${this.shownBase()}`);
    let failed = true;
    try {
      if (instructions.length === 0) await this.finishWithoutSteps();
      for (const [i, instruction] of instructions.entries()) {
        const isLast = i === instructions.length - 1;
        this.say(i + 2, total, stepText(instruction));
        refuseBareFlags(instruction);
        try {
          await this.step(instruction, isLast);
        } catch (error) {
          throw error instanceof Error ? new BuildStepError(stepText(instruction), error) : error;
        }
      }
      failed = false;
      return this.lastId!;
    } finally {
      this.endLook();
      // What a step that failed left behind is there to be looked at.
      if (failed && !options.removeAfterFailure) await this.leave();
      else await this.container?.remove();
    }
  }

  /** Leaves the container to the user, as a working container of buildah's. */
  private async leave(): Promise<void> {
    const container = this.workingContainer();
    await container.release();
    Builder.open(this.context.images, container.id).save();
  }

  private shownBase(): string {
    const { base, platform, name, index } = this.stage;
    const earlier = this.context.stages.find((stage) => stage.name === base && stage.index < index);
    const shown =
      this.start.id === undefined ? 'scratch' : earlier ? this.start.id : (this.context.options.buildContexts.get(base)?.image ?? base);
    return `${platform ? `--platform=${platform} ` : ''}${shown}${/^\d+$/.test(name) ? '' : ` AS ${name}`}`;
  }

  /** --env comes first, then ONBUILD triggers of the base, --label at the end. */
  private plannedInstructions(): Instruction[] {
    const { options } = this.context;
    const triggers = this.state.config.OnBuild ?? [];
    const fromBase = triggers.length > 0 ? parseContainerfile(triggers.join('\n')).instructions : [];
    this.state.config.OnBuild = null;
    const one = (command: string, pairs: readonly [string, string][]): Instruction[] =>
      pairs.length === 0 ? [] : parseContainerfile(`${this.escapeDirective()}${command} ${pairs.map(quotedPair).join(' ')}`).instructions;
    const labels = this.isLastStage ? options.labels.filter(([name]) => name !== '') : [];
    return [...one('ENV', options.env), ...fromBase, ...this.stage.instructions, ...one('LABEL', labels)];
  }

  private escapeDirective(): string {
    return this.context.file.escapeChar === '\\' ? '' : '# escape=`\n';
  }

  private async step(instruction: Instruction, isLast: boolean): Promise<void> {
    const { options } = this.context;
    if (!layerSteps.has(instruction.command)) {
      applyConfigStep(instruction, this.state);
      if (instruction.command === 'VOLUME' && !options.layers)
        this.workingContainer().checkPaths(Object.keys(this.state.config.Volumes ?? {}));
      return this.finishStep(instruction, this.textOf(instruction, isLast), false, isLast);
    }
    if (instruction.command === 'RUN') {
      const mounts = await mountIdentity(this.context, this.stage, instruction, this.state);
      const text = createdBy(instruction, this.state, undefined, mounts.checksums) + this.marks(isLast, false);
      if (!mounts.isKnown) this.cacheUsable = false;
      if (await this.takeFromCache(text, true, isLast)) return;
      const container = this.workingContainer();
      await runStep(this.context, this.stage, container, instruction, this.state);
      return this.finishStep(instruction, text, true, isLast);
    }
    const prepared = await prepareCopy(this.context, this.stage.index, instruction, this.state, () => this.lookAtRoot());
    const text = createdBy(instruction, this.state, prepared.summary) + this.marks(isLast, true);
    if (await this.takeFromCache(text, true, isLast)) return prepared[Symbol.dispose]();
    await this.copy(prepared);
    return this.finishStep(instruction, text, true, isLast);
  }

  private textOf(instruction: Instruction, isLast: boolean): string {
    return createdBy(instruction, this.state) + this.marks(isLast, false);
  }

  private marks(isLast: boolean, isCopy: boolean): string {
    return optionMarks(this.context.options, this.place(isLast), isCopy);
  }

  private place(isLast: boolean): StepPlace {
    return { isLast, isLastStage: this.isLastStage };
  }

  /** --link: the content goes upon nothing, so that its layer is the same whatever it is put upon. */
  private async copy(prepared: PreparedCopy): Promise<void> {
    const alone = prepared.summary.link && this.context.options.layers;
    if (alone) {
      await this.container?.remove();
      this.container = WorkingContainer.create(this.context.images.store, { imageName: this.start.name });
    }
    const container = this.workingContainer();
    await copyIntoContainer(prepared, container, alone);
    if (!alone) container.ensureDirectory(this.state.config);
  }

  private async takeFromCache(text: string, addsLayer: boolean, isLast: boolean): Promise<boolean> {
    const { options, report } = this.context;
    const isRemote = options.cacheFrom.length > 0 || options.cacheTo.length > 0;
    if (!this.cacheUsable || ((options.squashAll || options.sbom) && isLast && this.isLastStage)) return false;
    const query = this.cacheQuery(text, addsLayer);
    let cached = findCachedStep(this.context.images, query);
    const key = isRemote ? stepKey(query, this.base.imageId === undefined ? '' : this.manifestType) : '';
    const isLocal = cached !== undefined;
    if (!cached && options.cacheFrom.length > 0) {
      const from = await fetchCachedStep(this.context.images, options, key);
      if (from !== undefined) {
        if (!options.quiet) report.out(`--> Cache pulled from remote ${from}`);
        cached = findCachedStep(this.context.images, query);
      }
    }
    // The first miss ends the search: what follows is built upon something new.
    if (!cached) {
      this.cacheUsable = false;
      return false;
    }
    if (isLocal) debug(`Found a cache hit in the first iteration with id ${cached.id}`);
    report.out(`--> Using cache ${cached.id}`);
    const before = this.base;
    this.adopt(cached);
    const tagged = isLast && this.isLastStage && options.tags.length > 0;
    if (tagged) this.announce();
    if (isLast) this.nameResult();
    this.base = before;
    if (isLocal) await this.shareStep(cached.id, key);
    this.adopt(cached);
    this.tellId(cached.id);
    return true;
  }

  private cacheQuery(text: string, addsLayer: boolean): CacheQuery {
    const { options } = this.context;
    return {
      base: this.base,
      createdBy: text,
      addsLayer,
      format: options.format,
      os: this.image.os!,
      architecture: this.image.architecture!,
      ttl: options.cacheTtl,
    };
  }

  /** --cache-to */
  private async shareStep(imageId: string, key: string): Promise<void> {
    const { options, report, images } = this.context;
    if (options.cacheTo.length === 0) return;
    if (!options.quiet) report.out(`--> Pushing cache [${options.cacheTo.join(' ')}]:${key}`);
    await pushCachedStep(images, options, imageId, key);
  }

  private adopt(cached: CachedStep): void {
    this.lastId = cached.id;
    this.manifestType = manifestTypes[this.context.options.format];
    this.commentPending = undefined;
    this.base = {
      imageId: cached.id,
      topLayer: cached.topLayer,
      history: cached.image.history ?? [],
      diffIds: cached.image.rootfs?.diff_ids ?? [],
    };
  }

  /** The root as it stands before the step: of the container where there is one, else of the image, which costs a cached build less. */
  private lookAtRoot(): string {
    const { imageId } = this.base;
    if (this.container || imageId === undefined) return this.workingContainer().root;
    if (this.looked?.imageId === imageId) return this.looked.root;
    this.endLook();
    this.looked = { imageId, root: this.context.images.store.mountImage(imageId) };
    return this.looked.root;
  }

  private endLook(): void {
    if (this.looked) this.context.images.store.unmountImage(this.looked.imageId);
    this.looked = undefined;
  }

  private workingContainer(): WorkingContainer {
    this.container ??= WorkingContainer.create(this.context.images.store, {
      imageId: this.base.imageId,
      imageName: this.start.name,
      idMaps: this.context.idMaps,
      labels: this.context.labels,
    });
    return this.container;
  }

  /** Ends a step: an image of its own with layers, else only at the end. */
  private async finishStep(instruction: Instruction, text: string, addsLayer: boolean, isLast: boolean): Promise<void> {
    const { options } = this.context;
    if (!addsLayer && (await this.takeFromCache(text, false, isLast))) return;
    if (layerSteps.has(instruction.command)) this.context.executed.add(this.stage.index);
    if (!options.layers && !isLast) {
      this.pendingHistory.push(this.historyEntry(text, true));
      return;
    }
    const squash = options.squashAll && isLast && this.isLastStage;
    const withLayer = addsLayer || !options.layers;
    if (!options.layers) this.workingContainer().ensureDirectory(this.state.config);
    const scans = options.sbom !== undefined && isLast && this.isLastStage;
    // With layers the steps stay in the cache without what a scan adds.
    if ((squash || scans) && options.layers) await this.commit(text, withLayer, isLast, { squash: false, name: false, keep: true });
    if (scans) await scanContainer(this.context.images, this.workingContainer(), options.sbom!);
    await this.commit(text, withLayer || squash || scans, isLast, { squash, name: true, keep: false });
  }

  private historyEntry(text: string, isEmpty: boolean): OciHistory {
    const { times } = this.context.options;
    const entry: OciHistory = { created: createdTime(times), created_by: text };
    if (this.state.author) entry.author = this.state.author;
    if (this.commentPending) entry.comment = this.commentPending;
    if (isEmpty) entry.empty_layer = true;
    this.commentPending = undefined;
    return entry;
  }

  private async commit(
    text: string,
    withLayer: boolean,
    isLast: boolean,
    { squash, name, keep }: { squash: boolean; name: boolean; keep: boolean },
  ): Promise<void> {
    const { images, options } = this.context;
    if (isLast && name) this.announce();
    const comment = this.commentPending;
    const base = squash ? { history: [], diffIds: [] } : this.base;
    const topLayer = withLayer
      ? await this.workingContainer().commitLayer({ parent: base.topLayer, whole: squash, times: options.times })
      : base.topLayer;
    const created = createdTime(options.times);
    const place = this.place(isLast);
    const history = [...base.history, ...this.pendingHistory, this.historyEntry(text, !withLayer)];
    const description = describeStep(this.image, this.state.config, options, place, { created, author: this.state.author });
    const { id } = storeNewImage(images.store, {
      format: options.format,
      topLayer,
      image: { ...description, history: options.omitHistory ? undefined : history },
      annotations: stepAnnotations(this.inheritedAnnotations, options, place, created),
      names: isLast && this.isLastStage && name ? options.tags : [],
      container: this.container && !isTimeFixed(options.times) ? { id: this.container.id } : undefined,
    });
    if (keep) {
      this.commentPending = comment;
      return;
    }
    if (options.layers && options.cacheTo.length > 0 && !squash) {
      const key = stepKey(this.cacheQuery(text, withLayer), this.base.imageId === undefined ? '' : this.manifestType);
      await this.shareStep(id, key);
    }
    if (options.removeContainers) await this.container?.remove();
    else await this.leave();
    this.container = undefined;
    this.pendingHistory = [];
    this.lastId = id;
    this.manifestType = manifestTypes[options.format];
    if (!options.layers && !this.isLastStage) this.context.passing.add(id);
    this.base = {
      imageId: id,
      topLayer,
      history,
      diffIds: [...base.diffIds, ...(withLayer ? [images.store.layers.get(topLayer!)!.diffDigest!] : [])],
    };
    this.tellId(id);
  }

  /** A stage of FROM alone is its base under another name, unless an option changes it. */
  private async finishWithoutSteps(): Promise<void> {
    const { options } = this.context;
    const changes =
      this.lastId === undefined ||
      options.squashAll ||
      options.sbom !== undefined ||
      options.annotations.length > 0 ||
      options.unsetEnv.length > 0 ||
      options.unsetLabels.length > 0 ||
      options.unsetAnnotations.length > 0 ||
      !options.inheritLabels ||
      !options.inheritAnnotations;
    if (changes) {
      const squash = options.squashAll && this.lastId !== undefined;
      if (options.sbom) await scanContainer(this.context.images, this.workingContainer(), options.sbom);
      await this.commit('/bin/sh', this.lastId !== undefined, true, { squash, name: true, keep: false });
      return;
    }
    this.announce();
    this.nameResult();
    this.tellId(this.lastId!);
  }

  private nameResult(): void {
    const { images, options } = this.context;
    if (this.isLastStage && options.tags.length > 0) images.store.images.addNames(this.lastId!, options.tags);
  }

  private announce(): void {
    const { options, report } = this.context;
    if (this.isLastStage) report.out(`${this.prefix()}COMMIT${options.typedTag === undefined ? '' : ` ${options.typedTag}`}`);
  }

  private tellId(id: string): void {
    const { options, report } = this.context;
    if (!options.quietIds) report.out(`--> ${id.slice(0, 12)}`);
  }

  private prefix(): string {
    const { stageNames, options } = this.context;
    const stageCount = stageNames.length;
    return `${options.logPrefix}${stageCount > 1 ? `[${this.stage.index + 1}/${stageCount}] ` : ''}`;
  }

  private say(step: number, total: number, text: string): void {
    this.context.report.out(`${this.prefix()}STEP ${step}/${total}: ${text}`);
  }
}

/** @throws ContainerfileError for a flag that lacks its value: what follows it would be taken for a source */
function refuseBareFlags({ command, flags, line }: Instruction): void {
  const has = (...names: string[]): boolean => flags.some((flag) => names.includes(flag));
  if (command === 'COPY' && has('--chmod', '--chown', '--from', '--exclude')) {
    const known = '--chmod=<permissions> --chown=<uid:gid> --from=<image|stage> and the --exclude=<pattern>';
    throw new ContainerfileError(`COPY only supports the ${known} flags`, line);
  }
  if (command === 'ADD' && has('--chmod', '--chown', '--checksum', '--exclude')) {
    const known = '--chmod=<permissions>, --chown=<uid:gid>, and --checksum=<checksum> --exclude=<pattern>';
    throw new ContainerfileError(`ADD only supports the ${known} flags`, line);
  }
}

/** A step as messages show it, here-documents by their first line. */
function stepText(instruction: Instruction): string {
  const bodies = instruction.heredocs.map(({ content }) => {
    const lines = content.trim().split('\n');
    return ` (${lines[0]}${lines.length > 1 ? '...' : ''})`;
  });
  return `${instruction.command} ${instruction.original}${bodies.join('')}`;
}

const quotedPair = ([name, value]: [string, string]): string => `${JSON.stringify(name)}=${JSON.stringify(value).replace(/\$/g, '\\$')}`;
