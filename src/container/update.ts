import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { Container, ContainerConfig, HealthcheckConfig, StartupHealthcheckConfig } from './container.ts';
import { InvalidArgument, InvalidOption } from './create-errors.ts';
import type { DeviceRate } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import { WrongState } from './errors.ts';
import { hasHealthcheck } from './health.ts';
import type { OciResources, OciSpec } from './oci-spec.ts';
import { healthLogDestination } from './options/healthcheck.ts';
import type { Ulimit } from './options/ulimits.ts';
import { callRuntime, runtimeOf } from './runtime.ts';
import { deviceLimits } from './spec/device-limits.ts';
import { specRlimits } from './spec/rlimits.ts';
import { serializeSpec } from './spec/serialize.ts';
import { syncState } from './sync-state.ts';

/** What is to change; absent things stay. */
export interface ContainerChanges {
  resources?: OciResources;
  weightDevices?: { path: string; weight: number }[];
  readBps?: DeviceRate[];
  writeBps?: DeviceRate[];
  readIops?: DeviceRate[];
  writeIops?: DeviceRate[];
  restart?: { policy: string; retries: number };
  env?: Record<string, string>;
  unsetEnv?: string[];
  ulimits?: Ulimit[];
  healthcheck?: HealthcheckConfig;
  startupHealthcheck?: StartupHealthcheckConfig;
  healthcheckOnFailure?: ContainerConfig['healthcheckOnFailure'];
  healthLog?: Partial<ContainerConfig['healthLog']>;
}

/** The runtime could not apply the new limits; it has said why in words of its own. */
export class UpdateRefused extends SelkieError {
  constructor(
    message: string,
    readonly reason: string,
  ) {
    super(message);
  }
}

const policies = ['', 'no', 'always', 'on-failure', 'unless-stopped'] as const;

/** Changes limits, restart policy, variables or health check of a container; limits of a running one at once. @throws SelkieError */
export async function updateContainer(engine: ContainerEngine, container: Container, changes: ContainerChanges): Promise<void> {
  await engine.locks.with(container.id, async () => {
    syncState(engine, container);
    const { config, state } = container;
    if (state.status === 'removing') throw new WrongState(`container ${container.id} is being removed, cannot update`);
    changeHealth(config, changes);
    if (changes.restart) changeRestart(config, changes.restart);
    const before = config.spec;
    const spec = structuredClone(before);
    changeSpec(spec, changes);
    config.spec = spec;
    engine.state.saveConfig(container);
    if (['created', 'running', 'paused'].includes(state.status)) {
      try {
        await changeRunning(engine, container, changes);
      } catch (error) {
        // What the kernel refuses now it would refuse at the next start, and with every other change.
        config.spec = before;
        engine.state.saveConfig(container);
        throw error;
      }
    }
    if (container.isRunning && (changes.healthcheck ?? changes.startupHealthcheck)) await changeChecks(engine, container);
    engine.events.writeContainerEvent(container, 'update');
  });
}

async function changeChecks(engine: ContainerEngine, container: Container): Promise<void> {
  const { changeInterval, stopHealthchecks } = await import('./health-schedule.ts');
  if (hasHealthcheck(container)) changeInterval(engine, container);
  else stopHealthchecks(container);
}

function changeRestart(config: ContainerConfig, { policy, retries }: { policy: string; retries: number }): void {
  const known = policies.find((candidate) => candidate === policy);
  if (known === undefined) throw new InvalidArgument(`${JSON.stringify(policy)} is not a valid restart policy`);
  config.restartPolicy = known;
  config.restartRetries = known === 'on-failure' ? retries : 0;
}

function changeHealth(config: ContainerConfig, changes: ContainerChanges): void {
  if (changes.healthcheck) config.healthcheck = changes.healthcheck;
  if (changes.startupHealthcheck) config.startupHealthcheck = changes.startupHealthcheck;
  if (changes.healthcheck?.test[0] === 'NONE') delete config.startupHealthcheck;
  if (changes.healthcheckOnFailure) {
    if (changes.healthcheckOnFailure !== 'none' && !config.healthcheck)
      throw new InvalidOption(`cannot set on-failure action to ${changes.healthcheckOnFailure} without a health check`);
    config.healthcheckOnFailure = changes.healthcheckOnFailure;
  }
  if (changes.healthLog) {
    const log = { ...config.healthLog, ...changes.healthLog };
    config.healthLog = { ...log, destination: healthLogDestination(log.destination) };
  }
}

/** Puts the changes into a spec, whether the container's own or the one on disk. */
export function changeSpec(spec: OciSpec, changes: ContainerChanges): void {
  const { process } = spec;
  if (spec.linux) spec.linux.resources = mergeResources(spec.linux.resources ?? {}, changes);
  if (!process) return;
  if (changes.env || changes.unsetEnv) {
    const variables = new Map((process.env ?? []).map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
    for (const [name, value] of Object.entries(changes.env ?? {})) variables.set(name, `${name}=${value}`);
    for (const name of changes.unsetEnv ?? []) variables.delete(name);
    process.env = [...variables.values()];
  }
  if (changes.ulimits) process.rlimits = specRlimits(changes.ulimits);
}

function mergeResources(old: OciResources, changes: ContainerChanges): OciResources {
  const asked: OciResources = structuredClone(changes.resources ?? {});
  const limits = deviceLimits(changes);
  if (limits) asked.blockIO = { ...asked.blockIO, ...limits };
  return {
    ...old,
    ...asked,
    ...(asked.memory ? { memory: { ...old.memory, ...asked.memory } } : {}),
    ...(asked.cpu ? { cpu: { ...old.cpu, ...asked.cpu } } : {}),
    ...(asked.blockIO ? { blockIO: { ...old.blockIO, ...asked.blockIO } } : {}),
    ...(asked.unified ? { unified: { ...old.unified, ...asked.unified } } : {}),
  };
}

/** The spec on disk is what inspect shows of a running container; the runtime gets the limits. */
async function changeRunning(engine: ContainerEngine, container: Container, changes: ContainerChanges): Promise<void> {
  const { config } = container;
  const path = join(config.staticDir, 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as OciSpec;
  changeSpec(spec, changes);
  // podman shows the variables as they will be at the next start.
  if ((changes.env || changes.unsetEnv) && spec.process) spec.process.env = config.spec.process?.env;
  writeFileSync(path, serializeSpec(spec));
  const file = join(config.runDir, 'resources-update');
  writeFileSync(file, JSON.stringify(spec.linux?.resources ?? {}));
  const runtime = runtimeOf(engine, container);
  const { code, stderr } = await callRuntime(runtime, ['update', `--resources=${file}`, container.id]);
  if (code !== 0) {
    throw new UpdateRefused(`\`${runtime.path} update --resources=${file} ${container.id}\` failed: exit status ${code}`, stderr);
  }
}
