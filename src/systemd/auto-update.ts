import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { seeState } from '../container/sync-state.ts';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { parseImageName } from '../image/image-name.ts';
import type { LocalImage } from '../image/local-image.ts';
import { hasNewer } from '../image/newer.ts';
import type { EngineCopyOptions, PullOptions } from '../image/pull-options.ts';
import { NoSuchPod } from '../pod/errors.ts';
import { infraOf } from '../pod/membership.ts';
import { getPod } from '../pod/pod.ts';
import type { ServiceManager } from './service-manager.ts';
import { UNIT_VARIABLE } from './unit-options.ts';

export interface AutoUpdateOptions {
  /** Only says what there is to update. */
  dryRun: boolean;
  /** Goes back to the image before when a unit does not start with the new one. */
  rollback: boolean;
  copy?: EngineCopyOptions;
  /** Told what a pull does. */
  onProgress?: PullOptions['onProgress'];
  /** Asked for when there is something to look at. @throws SelkieError */
  connect: () => Pick<ServiceManager, 'restart'>;
}

export interface AutoUpdateReport {
  unit: string;
  container: Container;
  image: string;
  policy: Policy;
  updated: 'false' | 'true' | 'pending' | 'failed' | 'rolled back';
}

type Policy = 'registry' | 'local';

interface Task extends AutoUpdateReport {
  before: LocalImage;
  authFile?: string;
}

const LABEL = 'io.containers.autoupdate';
const AUTH_LABEL = 'io.containers.autoupdate.authfile';

/**
 * Looks for newer images of the running containers that ask for it by label, and restarts their systemd units where there are. One
 * container's failure does not keep the others from their update.
 */
export async function autoUpdate(
  engine: ContainerEngine,
  options: AutoUpdateOptions,
): Promise<{ reports: AutoUpdateReport[]; errors: Error[] }> {
  const errors: Error[] = [];
  const units = tasksByUnit(engine, errors);
  if (units.size === 0) return { reports: [], errors };
  let services: Pick<ServiceManager, 'restart'>;
  try {
    services = options.connect();
  } catch (error) {
    reportError((error as Error).message);
    return { reports: [], errors: [...errors, error as Error] };
  }
  engine.events.writeEvent('system', 'auto-update');
  const updater = new Updater(engine, options, services, errors);
  for (const [unit, tasks] of units) await updater.updateUnit(unit, tasks);
  return { reports: [...units.values()].flat(), errors };
}

class Updater {
  /** Names that have been pulled already, for another container. */
  readonly #pulled = new Set<string>();

  constructor(
    readonly engine: ContainerEngine,
    readonly options: AutoUpdateOptions,
    readonly services: Pick<ServiceManager, 'restart'>,
    readonly errors: Error[],
  ) {}

  async updateUnit(unit: string, tasks: readonly Task[]): Promise<void> {
    let isUpdated = false;
    for (const task of tasks) {
      const { id } = task.container;
      const isNewer = await this.#attempt(`checking image updates for container ${id}`, () => this.#isNewer(task));
      if (isNewer === undefined) continue;
      task.updated = !isNewer ? 'false' : this.options.dryRun ? 'pending' : 'failed';
      if (task.updated !== 'failed') continue;
      isUpdated = (await this.#attempt(`updating image for container ${id}`, () => this.#fetch(task))) || isUpdated;
    }
    if (!isUpdated) return;
    const { rollback } = this.options;
    const restarted = await this.#attempt(rollback ? undefined : `restarting unit ${unit} during update`, () => this.#restart(unit));
    for (const task of tasks) task.updated = restarted ? 'true' : 'failed';
    if (!restarted && rollback) await this.#rollBack(unit, tasks);
  }

  async #rollBack(unit: string, tasks: readonly Task[]): Promise<void> {
    for (const { container, before, image } of tasks) {
      await this.#attempt(`rolling back image for container ${container.id} in unit ${unit}`, async () => {
        this.engine.images.tag(before, [image]);
        this.#pulled.delete(image);
        return true;
      });
    }
    const restarted = await this.#attempt(`restarting unit ${unit} during rollback`, () => this.#restart(unit));
    for (const task of tasks) task.updated = restarted ? 'rolled back' : 'failed';
  }

  async #isNewer(task: Task): Promise<boolean> {
    if (task.policy === 'local') return this.engine.images.lookup(task.image).id !== task.before.id;
    if (this.#pulled.has(task.image)) return true;
    const name = task.image.replace(/^docker:\/\//, '');
    return hasNewer(this.engine.images, task.before, parseImageName(`docker://${name}`), this.#copyOptions(task));
  }

  async #fetch(task: Task): Promise<boolean> {
    if (task.policy === 'local' || this.#pulled.has(task.image)) return true;
    const { onProgress } = this.options;
    await this.engine.images.pull(task.image, { ...this.#copyOptions(task), policy: 'always', ...(onProgress ? { onProgress } : {}) });
    this.#pulled.add(task.image);
    return true;
  }

  async #restart(unit: string): Promise<boolean> {
    await this.services.restart(unit);
    return true;
  }

  #copyOptions({ authFile }: Task): EngineCopyOptions {
    return { ...this.options.copy, ...(authFile === undefined ? {} : { authFile }) };
  }

  /** What the step answers; undefined when it failed, which is told under `doing` where that is given. */
  async #attempt(doing: string | undefined, step: () => Promise<boolean>): Promise<boolean | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      if (doing !== undefined) this.errors.push(new SelkieError(`${doing}: ${error.message}`, { cause: error }));
      return undefined;
    }
  }
}

function tasksByUnit(engine: ContainerEngine, errors: Error[]): Map<string, Task[]> {
  const units = new Map<string, Task[]>();
  for (const container of engine.state.list()) {
    seeState(engine, container);
    const { config, state } = container;
    const label = config.labels[LABEL];
    if (state.status !== 'running' || label === undefined) continue;
    try {
      const policy = policyOf(container, label);
      if (policy === undefined) continue;
      const unit = unitOf(engine, container);
      const before = engine.images.lookup(config.image.id);
      if (config.image.rawName === '') throw new SelkieError(`locally auto-updating container "${config.id}": raw-image name is empty`);
      const authFile = config.labels[AUTH_LABEL];
      const task: Task = {
        unit,
        container,
        image: config.image.rawName,
        policy,
        updated: 'failed',
        before,
        ...(authFile === undefined ? {} : { authFile }),
      };
      units.set(unit, [...(units.get(unit) ?? []), task]);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      errors.push(error);
    }
  }
  return units;
}

const policies: Readonly<Record<string, Policy | undefined>> = {
  '': undefined,
  disabled: undefined,
  image: 'registry',
  local: 'local',
  registry: 'registry',
};

function policyOf({ id }: Container, label: string): Policy | undefined {
  if (Object.hasOwn(policies, label)) return policies[label];
  const valid = Object.keys(policies)
    .filter((name) => name !== '')
    .map((name) => `"${name}"`);
  throw new SelkieError(
    `auto-updating container "${id}": invalid auto-update policy ${JSON.stringify(label)}: valid policies are [${valid.join(' ')}]`,
  );
}

/** A pod's containers are in the unit of its infra container. */
function unitOf(engine: ContainerEngine, { id, config }: Container): string {
  let labels = config.labels;
  if (config.pod !== undefined) {
    const pod = getPod(engine, config.pod);
    const infra = pod && infraOf(engine, pod);
    if (infra === undefined) throw new SelkieError(`looking up pod's systemd unit: ${new NoSuchPod(config.pod).message}`);
    labels = infra.config.labels;
  }
  const unit = labels[UNIT_VARIABLE];
  if (unit === undefined) throw new SelkieError(`auto-updating container "${id}": no ${UNIT_VARIABLE} label found`);
  return unit;
}
