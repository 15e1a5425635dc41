import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { containerFlags, escapeWord, isOn, onLines, readFlags, withoutFlags } from './create-command.ts';
import {
  headerLines,
  installLines,
  restartPolicyOf,
  serviceName,
  stopTimeoutOfUnit,
  UNIT_VARIABLE,
  type UnitOptions,
  userDependencyLines,
} from './unit-options.ts';

/** The pod's unit that a container's unit belongs to. */
export interface UnitOfPod {
  idFile: string;
}

export const containerServiceName = ({ config }: Container, options: UnitOptions): string =>
  serviceName(options.containerPrefix, options.separator, options.useName ? config.name : config.id);

/**
 * The systemd unit that starts and stops a container, or makes and removes one like it (`isNew`). The text is podman's.
 * @param boundTo units that this one lives and dies with  @throws SelkieError
 */
export function containerUnit(
  engine: ContainerEngine,
  container: Container,
  options: UnitOptions,
  boundTo: readonly string[] = [],
  pod?: UnitOfPod,
): string {
  const { config } = container;
  if (config.initContainerType !== undefined)
    throw new SelkieError(`unsupported container ${config.id}: cannot generate systemd units for init containers`);
  // A container that restarts itself gets in the way of the unit's stop.
  if (!options.isNew && config.restartPolicy !== '' && config.restartPolicy !== 'no')
    warn(
      `Container ${config.id} has restart policy ${JSON.stringify(config.restartPolicy)} which can lead to issues on shutdown: consider recreating the container without a restart policy and use systemd's restart mechanism instead`,
    );
  const name = containerServiceName(container, options);
  const stopTimeout = options.stopTimeout ?? config.stopTimeout;
  const policy = restartPolicyOf(options);
  const service = options.isNew
    ? newContainerService(container, options, stopTimeout, pod)
    : existingContainerService(container, options, stopTimeout);
  const bound = boundTo.map((unit) => `${unit}.service`).sort();
  return [
    ...headerLines(options, name, options.isNew ? '%t/containers' : engine.paths.runRoot),
    ...(bound.length > 0 ? [`BindsTo=${bound.join(' ')}`, `After=${bound.join(' ')}`] : []),
    ...userDependencyLines(options),
    '',
    '[Service]',
    `Environment=${UNIT_VARIABLE}=%n${options.isTemplate ? '-%i' : ''}`,
    ...(service.environment.length > 0 ? [`Environment=${service.environment.map(escapeWord).join(' ')}`] : []),
    ...options.env.map((entry) => `Environment=${escapeWord(entry)}`),
    `Restart=${service.restartPolicy ?? policy}`,
    ...(options.restartSec ? [`RestartSec=${options.restartSec}`] : []),
    ...(service.startLimitBurst ? [`StartLimitBurst=${service.startLimitBurst}`] : []),
    ...(options.startTimeout ? [`TimeoutStartSec=${options.startTimeout}`] : []),
    `TimeoutStopSec=${stopTimeoutOfUnit(stopTimeout)}`,
    ...service.commands,
    ...installLines,
  ].join('\n');
}

interface Service {
  commands: string[];
  /** What the create command took from its caller's environment. */
  environment: string[];
  restartPolicy?: string;
  startLimitBurst?: string;
}

function existingContainerService({ config }: Container, options: UnitOptions, stopTimeout: number): Service {
  const name = options.useName ? config.name : config.id;
  return { commands: startAndStop(options.executable, name, stopTimeout, config.conmonPidFile), environment: [] };
}

/** The service part of a unit that starts and stops what exists. */
export function startAndStop(executable: string, name: string, stopTimeout: number, pidFile: string): string[] {
  const stop = `${executable} stop  \\\n\t-t ${stopTimeout} ${name}`;
  return [`ExecStart=${executable} start ${name}`, `ExecStop=${stop}`, `ExecStopPost=${stop}`, `PIDFile=${pidFile}`, 'Type=forking'];
}

const ID_FILE = '%t/%n.ctr-id';

function newContainerService(container: Container, options: UnitOptions, stopTimeout: number, pod: UnitOfPod | undefined): Service {
  const { config } = container;
  const { createCommand } = config;
  if (createCommand.length === 0)
    throw new SelkieError(
      `cannot use --new on container ${JSON.stringify(config.id)}: no create command found: only works on containers created directly with podman but not via REST API`,
    );
  const verb = createCommand.findIndex((word) => word === 'run' || word === 'create');
  if (verb < 0) throw new SelkieError(`container's create command is too short or invalid: [${createCommand.join(' ')}]`);
  const given = createCommand.slice(verb + 1);
  const { values, argumentCount } = readFlags(given, containerFlags);
  const replaced = isOn(values.get('replace'));
  const detached = isOn(values.get('detach'));
  const sdnotify = values.get('sdnotify')?.at(-1);
  const isNamed = values.has('name');
  const start = [
    options.executable,
    ...createCommand.slice(1, verb),
    'run',
    `--cidfile=${ID_FILE}`,
    '--cgroups=no-conmon',
    '--rm',
    ...(pod === undefined ? [] : ['--pod-id-file', pod.idFile]),
    // The unit is of the type "notify": somebody has to.
    ...(sdnotify === undefined || sdnotify === 'ignore' ? ['--sdnotify=conmon'] : []),
    ...(detached ? [] : ['-d']),
    ...(isNamed && !replaced ? ['--replace'] : []),
  ];
  const rest = withoutFlags(given, argumentCount, {
    withValue: [
      '--cgroups',
      '--cidfile',
      '--restart',
      ...(pod === undefined ? [] : ['--pod', '--pod-id-file', '--infra-conmon-pidfile']),
      ...(sdnotify === 'ignore' ? ['--sdnotify'] : []),
    ],
    switches: ['--rm'],
    exact: [...(detached ? [] : ['-d=false', '--detach=false']), ...(isNamed && !replaced ? ['--replace=false'] : [])],
  });
  const own = new Set(start.slice(0, 1).concat(`--cidfile=${ID_FILE}`, pod?.idFile ?? ''));
  const words = [...start, ...rest].map((word) => (own.has(word) ? word : escapeWord(word)));
  if (options.isTemplate) nameByInstance(words, containerServiceName(container, options));
  return {
    commands: [
      `ExecStart=${onLines(words)}`,
      `ExecStop=${options.executable} stop \\\n\t--ignore -t ${stopTimeout} \\\n\t--cidfile=${ID_FILE}`,
      `ExecStopPost=${options.executable} rm \\\n\t-f \\\n\t--ignore -t ${stopTimeout} \\\n\t--cidfile=${ID_FILE}`,
      'Type=notify',
      'NotifyAccess=all',
    ],
    environment: inheritedVariables(container, values.get('env') ?? []),
    ...(options.restartPolicy === undefined ? restartOf(values.get('restart')?.at(-1)) : {}),
  };
}

/** Each instance of a template has a name of its own. */
function nameByInstance(words: string[], service: string): void {
  const at = words.findIndex((word) => word === '--name' || word.startsWith('--name='));
  if (at < 0) words.splice(words.indexOf('run') + 1, 0, `--name=${service}-%i`);
  else words[words[at] === '--name' ? at + 1 : at] += '-%i';
}

/** `-e NAME` had its value from the caller; a unit has no such caller. */
function inheritedVariables({ config }: Container, given: readonly string[]): string[] {
  const env = config.spec.process?.env ?? [];
  return given.filter((entry) => !entry.includes('=')).flatMap((name) => env.filter((entry) => entry.split('=', 1)[0] === name));
}

function restartOf(asked: string | undefined): Pick<Service, 'restartPolicy' | 'startLimitBurst'> {
  if (!asked) return {};
  const [policy = '', retries] = asked.split(':');
  if (policy === 'on-failure' && retries !== undefined) return { restartPolicy: policy, startLimitBurst: retries };
  return { restartPolicy: asked === 'unless-stopped' ? 'always' : asked };
}
