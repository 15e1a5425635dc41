import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { infraOf } from '../pod/membership.ts';
import { containersOf, type Pod } from '../pod/pod.ts';
import { containerServiceName, containerUnit, startAndStop } from './container-unit.ts';
import { escapeWord, isOn, onLines, podFlags, readFlags, withoutFlags } from './create-command.ts';
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

/** Units of a pod and of its containers, by name: the pod's wants the others, and they are bound to it. @throws SelkieError */
export function podUnits(engine: ContainerEngine, pod: Pod, options: UnitOptions): Map<string, string> {
  if (options.isTemplate) throw new SelkieError('--template is not supported for pods');
  const infra = infraOf(engine, pod);
  if (infra === undefined) throw new SelkieError(`generating systemd unit files: Pod ${JSON.stringify(pod.name)} has no infra container`);
  const name = serviceName(options.podPrefix, options.separator, options.useName ? pod.name : pod.id);
  const members = containersOf(engine, pod).filter(({ id }) => id !== infra.id);
  const serviceOf = (id: string): string[] => {
    if (id === infra.id) return [name];
    const member = members.find((one) => one.id === id);
    return member === undefined ? [] : [containerServiceName(member, options)];
  };
  const units = new Map([[name, podUnit(engine, pod, infra, name, members, options)]]);
  for (const member of members) {
    const boundTo = member.config.dependencies.flatMap(serviceOf);
    units.set(containerServiceName(member, options), containerUnit(engine, member, options, boundTo, { idFile: idFileOf(name) }));
  }
  return units;
}

const idFileOf = (service: string): string => `%t/${service}.pod-id`;

function podUnit(
  engine: ContainerEngine,
  pod: Pod,
  infra: Container,
  name: string,
  members: readonly Container[],
  options: UnitOptions,
): string {
  const { config } = infra;
  const stopTimeout = options.stopTimeout ?? config.stopTimeout;
  const wanted = members.map((member) => `${containerServiceName(member, options)}.service`).sort();
  return [
    ...headerLines(options, name, engine.paths.runRoot),
    `Wants=${wanted.join(' ')}`,
    `Before=${wanted.join(' ')}`,
    ...userDependencyLines(options),
    '',
    '[Service]',
    `Environment=${UNIT_VARIABLE}=%n`,
    `Restart=${restartPolicyOf(options)}`,
    ...(options.restartSec ? [`RestartSec=${options.restartSec}`] : []),
    `TimeoutStopSec=${stopTimeoutOfUnit(stopTimeout)}`,
    ...(options.isNew
      ? newPodService(pod, name, options.executable, stopTimeout)
      : startAndStop(options.executable, options.useName ? config.name : config.id, stopTimeout, config.conmonPidFile)),
    ...installLines,
  ].join('\n');
}

function newPodService(pod: Pod, service: string, executable: string, stopTimeout: number): string[] {
  const { createCommand } = pod;
  if (createCommand.length === 0) throw new SelkieError(`cannot use --new on pod ${JSON.stringify(pod.id)}: no create command found`);
  const create = createCommand.findIndex((word, at) => word === 'create' && createCommand[at - 1] === 'pod');
  if (create < 0) throw new SelkieError(`pod does not appear to be created via \`podman pod create\`: [${createCommand.join(' ')}]`);
  const root = createCommand.slice(1, create - 1).map(escapeWord);
  const given = withoutFlags(createCommand.slice(create + 1), 0, { withValue: ['--pod', '--pod-id-file', '--infra-conmon-pidfile'] });
  const { values, argumentCount } = readFlags(given, podFlags);
  const isReplaced = values.has('name') && !isOn(values.get('replace'));
  const flags = isReplaced ? [...withoutFlags(given, argumentCount, { exact: ['--replace=false'] }), '--replace'] : given;
  const hasExitPolicy = flags.some((word) => word === '--exit-policy' || word.startsWith('--exit-policy='));
  const pidFile = `%t/${service}.pid`;
  const idFile = idFileOf(service);
  const command = [executable, ...root].join(' ');
  return [
    `ExecStartPre=${onLines([
      executable,
      ...root,
      'pod',
      'create',
      '--infra-conmon-pidfile',
      pidFile,
      '--pod-id-file',
      idFile,
      ...(hasExitPolicy ? [] : ['--exit-policy=stop']),
      ...flags.map(escapeWord),
    ])}`,
    `ExecStart=${command} pod start \\\n\t--pod-id-file ${idFile}`,
    `ExecStop=${command} pod stop \\\n\t--ignore \\\n\t--pod-id-file ${idFile}  \\\n\t-t ${stopTimeout}`,
    `ExecStopPost=${command} pod rm \\\n\t--ignore \\\n\t-f \\\n\t--pod-id-file ${idFile}`,
    `PIDFile=${pidFile}`,
    'Type=forking',
  ];
}
