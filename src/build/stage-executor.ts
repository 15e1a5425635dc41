import { warn } from '../diagnostics.ts';
import type { OciHistory, OciImage } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { storeNewImage } from '../image/new-image.ts';
import type { BuildOptions, BuildReport } from './build-options.ts';
import { type CachedStep, findCachedStep, type StageBase } from './cache.ts';
import { applyConfigStep, type StageState } from './config-steps.ts';
import type { Containerfile, Instruction } from './containerfile.ts';
import { parseContainerfile } from './containerfile.ts';
import { copyIntoContainer, type PreparedCopy, prepareCopy } from './copy.ts';
import { BuildStepError } from './errors.ts';
import { createdBy } from './history.ts';
import { mountIdentity } from './mount-identity.ts';
import { runStep } from './run.ts';
import type { Stage } from './stages.ts';
import { WorkingContainer } from './working-container.ts';

/** What later stages and the build as a whole know of the stages before. */
export interface StageContext {
  images: ImageEngine;
  options: BuildOptions;
  report: BuildReport;
  file: Containerfile;
  stages: Stage[];
  globalArgs: Map<string, string>;
  /** Ids of finished stages' images by index. */
  finished: Map<number, string>;
  /** Stages that were run and not taken from the cache: their content is not in any history. */
  executed: Set<number>;
}

/** The image that a stage begins with. */
export interface StageStart {
  id?: string;
  name?: string;
  digest?: string;
  image: OciImage;
  annotations: Record<string, string>;
  topLayer?: string;
}

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

  constructor(
    private readonly context: StageContext,
    private readonly stage: Stage,
    private readonly start: StageStart,
    private readonly isLastStage: boolean,
  ) {
    const { options } = context;
    this.image = structuredClone(start.image);
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
    const config = this.image.config ?? {};
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
    const instructions = this.plannedInstructions();
    const total = instructions.length + 1;
    this.say(1, total, `FROM ${this.start.id === undefined ? 'scratch' : this.stageBaseName()}`);
    try {
      if (instructions.length === 0) return this.finishWithoutSteps();
      for (const [i, instruction] of instructions.entries()) {
        const isLast = i === instructions.length - 1;
        this.say(i + 2, total, stepText(instruction));
        try {
          await this.step(instruction, isLast);
        } catch (error) {
          throw error instanceof Error ? new BuildStepError(stepText(instruction), error) : error;
        }
      }
      return this.lastId!;
    } finally {
      this.endLook();
      await this.container?.remove();
    }
  }

  private stageBaseName(): string {
    const earlier = this.context.stages.find((stage) => stage.name === this.stage.base && stage.index < this.stage.index);
    return earlier ? this.start.id! : this.stage.base;
  }

  /** ONBUILD triggers of the base come first; --env, --label and so on are steps at the end. */
  private plannedInstructions(): Instruction[] {
    const { options, file } = this.context;
    const triggers = this.state.config.OnBuild ?? [];
    const fromBase = triggers.length > 0 ? parseContainerfile(triggers.join('\n')).instructions : [];
    this.state.config.OnBuild = null;
    const added: string[] = [];
    if (this.isLastStage) {
      if (options.env.length > 0) added.push(`ENV ${options.env.map(quotedPair).join(' ')}`);
      if (options.labels.length > 0) added.push(`LABEL ${options.labels.map(quotedPair).join(' ')}`);
    }
    const appended =
      added.length > 0 ? parseContainerfile(`${file.escapeChar === '\\' ? '' : '# escape=`\n'}${added.join('\n')}`).instructions : [];
    return [...fromBase, ...this.stage.instructions, ...appended];
  }

  private async step(instruction: Instruction, isLast: boolean): Promise<void> {
    if (!layerSteps.has(instruction.command)) {
      applyConfigStep(instruction, this.state);
      return this.finishStep(instruction, createdBy(instruction, this.state), false, isLast);
    }
    if (instruction.command === 'RUN') {
      const mounts = await mountIdentity(this.context, this.stage, instruction, this.state);
      const text = createdBy(instruction, this.state, undefined, mounts.checksums);
      if (!mounts.isKnown) this.cacheUsable = false;
      if (this.takeFromCache(text, true, isLast)) return;
      const container = this.workingContainer();
      await runStep(this.context, this.stage, container, instruction, this.state);
      return this.finishStep(instruction, text, true, isLast);
    }
    const prepared = await prepareCopy(this.context, this.stage.index, instruction, this.state, () => this.lookAtRoot());
    const text = createdBy(instruction, this.state, prepared.summary);
    if (this.takeFromCache(text, true, isLast)) return prepared[Symbol.dispose]();
    await this.copy(prepared);
    return this.finishStep(instruction, text, true, isLast);
  }

  private async copy(prepared: PreparedCopy): Promise<void> {
    const container = this.workingContainer();
    await copyIntoContainer(prepared, container);
  }

  private takeFromCache(text: string, addsLayer: boolean, isLast: boolean): boolean {
    if (!this.cacheUsable) return false;
    const { images, options, report } = this.context;
    const cached = findCachedStep(images, {
      base: this.base,
      createdBy: text,
      addsLayer,
      format: options.format,
      os: this.image.os!,
      architecture: this.image.architecture!,
      ttl: options.cacheTtl,
    });
    // The first miss ends the search: what follows is built upon something new.
    if (!cached) {
      this.cacheUsable = false;
      return false;
    }
    this.adopt(cached);
    report.out(`--> Using cache ${cached.id}`);
    const tagged = isLast && this.isLastStage && options.tags.length > 0;
    if (tagged) this.announce();
    if (isLast) this.nameResult();
    report.out(`--> ${cached.id.slice(0, 12)}`);
    if (tagged) this.reportTags();
    return true;
  }

  private adopt(cached: CachedStep): void {
    this.lastId = cached.id;
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
    });
    return this.container;
  }

  /** Ends a step: an image of its own with layers, else only at the end. */
  private async finishStep(instruction: Instruction, text: string, addsLayer: boolean, isLast: boolean): Promise<void> {
    const { options } = this.context;
    if (!addsLayer && this.takeFromCache(text, false, isLast)) return;
    if (instruction.command !== 'ARG' && layerSteps.has(instruction.command)) this.context.executed.add(this.stage.index);
    if (!options.layers && !isLast) {
      this.pendingHistory.push(this.historyEntry(text, true));
      return;
    }
    const withLayer = options.layers ? addsLayer : this.container !== undefined;
    await this.commit(text, withLayer, isLast);
  }

  private historyEntry(text: string, isEmpty: boolean): OciHistory {
    const entry: OciHistory = { created: this.now(), created_by: text };
    if (this.state.author) entry.author = this.state.author;
    if (this.commentPending) entry.comment = this.commentPending;
    if (isEmpty) entry.empty_layer = true;
    this.commentPending = undefined;
    return entry;
  }

  private now(): string {
    return new Date().toISOString();
  }

  private async commit(text: string, withLayer: boolean, isLast: boolean): Promise<void> {
    const { images, options, report } = this.context;
    if (isLast) this.announce();
    let topLayer = this.base.topLayer;
    if (withLayer) {
      const squash = options.squashAll && isLast;
      topLayer = await this.workingContainer().commitLayer({
        parent: squash ? undefined : topLayer,
        whole: squash,
      });
    }
    if (options.squashAll && isLast && withLayer) this.base = { history: [], diffIds: [] };
    const created = this.now();
    const history = [...this.base.history, ...this.pendingHistory, this.historyEntry(text, !withLayer)];
    const config = structuredClone(this.state.config);
    config.WorkingDir ||= '/';
    if (isLast) this.finalConfig(config);
    this.warnOfFormat(config);
    this.image = { ...this.image, created, author: this.state.author, config, history: options.omitHistory ? undefined : history };
    const { id } = storeNewImage(images.store, {
      format: options.format,
      topLayer,
      image: this.image,
      annotations: this.annotations(created, isLast),
      names: isLast && this.isLastStage ? options.tags : [],
      container: this.container && { id: this.container.id },
    });
    await this.container?.remove();
    this.container = undefined;
    this.pendingHistory = [];
    this.lastId = id;
    this.base = {
      imageId: id,
      topLayer,
      history,
      diffIds: [...this.base.diffIds, ...(withLayer ? [images.store.layers.get(topLayer!)!.diffDigest!] : [])],
    };
    report.out(`--> ${id.slice(0, 12)}`);
    if (isLast && this.isLastStage) this.reportTags();
  }

  private finalConfig(config: NonNullable<OciImage['config']>): void {
    const { options } = this.context;
    for (const name of options.unsetEnv) config.Env = config.Env?.filter((entry) => entry !== name && !entry.startsWith(`${name}=`));
    for (const name of options.unsetLabels) delete config.Labels?.[name];
    if (options.identityLabel) config.Labels = { ...config.Labels, 'io.buildah.version': options.version };
  }

  private annotations(created: string, isLast: boolean): Record<string, string> {
    const { options } = this.context;
    return {
      ...this.start.annotations,
      ...(isLast ? Object.fromEntries(options.annotations) : {}),
      'org.opencontainers.image.base.digest': this.start.digest ?? '',
      'org.opencontainers.image.base.name': this.start.name ?? '',
      ...(options.createdAnnotation ? { 'org.opencontainers.image.created': created } : {}),
    };
  }

  private warnOfFormat(config: NonNullable<OciImage['config']>): void {
    if (this.context.options.format === 'docker') return;
    const lost = (what: string): void => warn(`${what} will be ignored. Must use \`docker\` format`);
    if (config.OnBuild?.length) lost(`ONBUILD is not supported for OCI image format, ${config.OnBuild.join(' ')}`);
    if (config.Shell?.length) lost(`SHELL is not supported for OCI image format, [${config.Shell.join(' ')}]`);
    if (config.Healthcheck) lost('HEALTHCHECK is not supported for OCI image format and');
  }

  /** A stage of FROM alone is its base under another name. */
  private finishWithoutSteps(): string {
    if (this.lastId === undefined) throw new BuildStepError('FROM scratch', new Error('a stage from scratch needs at least one step'));
    this.announce();
    this.nameResult();
    this.context.report.out(`--> ${this.lastId.slice(0, 12)}`);
    if (this.isLastStage) this.reportTags();
    return this.lastId;
  }

  private nameResult(): void {
    const { images, options } = this.context;
    if (this.isLastStage && options.tags.length > 0) images.store.images.addNames(this.lastId!, options.tags);
  }

  private announce(): void {
    const { options, report } = this.context;
    if (this.isLastStage) report.out(`${this.prefix()}COMMIT${options.typedTag === undefined ? '' : ` ${options.typedTag}`}`);
  }

  private reportTags(): void {
    const { images, report } = this.context;
    for (const name of images.store.images.find(this.lastId!)?.names ?? []) report.out(`Successfully tagged ${name}`);
  }

  private prefix(): string {
    const { stages } = this.context;
    return stages.length > 1 ? `[${stages.indexOf(this.stage) + 1}/${stages.length}] ` : '';
  }

  private say(step: number, total: number, text: string): void {
    this.context.report.out(`${this.prefix()}STEP ${step}/${total}: ${text}`);
  }
}

/** A step as messages show it. */
function stepText(instruction: Instruction): string {
  const body = instruction.heredocs.length > 0 ? ` (${instruction.heredocs[0]!.content.split('\n')[0]}...)` : '';
  return `${instruction.command} ${instruction.original}${body}`;
}

const quotedPair = ([name, value]: [string, string]): string => `${JSON.stringify(name)}=${JSON.stringify(value).replace(/\$/g, '\\$')}`;
