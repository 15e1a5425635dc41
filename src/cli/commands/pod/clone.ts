import type { ContainerConfig } from '../../../container/container.ts';
import { parseLabels } from '../../../container/options/environment.ts';
import { parseRestartPolicy } from '../../../container/options/lifecycle.ts';
import { ramInBytes } from '../../../container/options/numbers.ts';
import { parseSysctls } from '../../../container/options/sysctls.ts';
import { NotYet } from '../../../errors.ts';
import { clonePod } from '../../../pod/clone.ts';
import { podResources } from '../../../pod/create.ts';
import { lookupPod } from '../../../pod/pod.ts';
import { removePod } from '../../../pod/remove.ts';
import { startPod } from '../../../pod/start.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { defaults, flag } from '../../flag.ts';
import { limitChanges } from '../../flags/limit-changes.ts';
import { newPodFlags } from '../../flags/pod-create.ts';
import { resources } from '../../flags/resources.ts';

export default class PodClone extends SelkieCommand {
  static override summary = 'Make a pod like another';
  static override examples = ['pod clone mypod copy'];
  static override usage = 'POD NAME';
  static override flags = {
    ...newPodFlags,
    destroy: flag.bool({ summary: 'Remove what was cloned' }),
    hostname: flag.string({ short: 'h', summary: 'Name of the host inside' }),
    start: flag.bool({ summary: 'Start it at once' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['pods', 'none'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(PodClone);
    for (const flag of infraFlags) if (changed(flag)) throw new NotYet(`--${flag} of ${this.path}`);
    using engine = openContainers(this.globals);
    const original = lookupPod(engine, args[0]!);
    const changes = limitChanges({ ...defaults(resources), ...flags });
    const pod = await clonePod(engine, original, {
      name: args[1] ?? flags.name,
      infraName: flags['infra-name'],
      ...(flags.hostname ? { hostname: flags.hostname } : {}),
      labels: parseLabels([...flags['label-file']], [...flags.label]),
      ...(flags['cgroup-parent'] ? { cgroupParent: flags['cgroup-parent'] } : {}),
      resources: podResources({ image: '', ...changes }),
      ...(flags.restart ? { restart: parseRestartPolicy(flags.restart) } : {}),
      adaptInfra: (config) => {
        if (flags['infra-conmon-pidfile']) config.conmonPidFile = flags['infra-conmon-pidfile'];
        if (changed('shm-size') && config.shmSize > 0) config.shmSize = ramInBytes(flags['shm-size']);
        if (flags['infra-command']) setCommand(config, flags['infra-command'].split(' '));
        Object.assign((config.spec.linux!.sysctl ??= {}), parseSysctls([...flags.sysctl]));
      },
    });
    if (flags.destroy) await removePod(engine, original, { force: true });
    if (flags.start) await startPod(engine, pod);
    this.out(pod.id);
  }
}

/** Flags that would need the infra container to be made anew. */
const infraFlags = [
  'device',
  'gidmap',
  'gpus',
  'pid',
  'security-opt',
  'shm-size-systemd',
  'subgidname',
  'subuidname',
  'uidmap',
  'userns',
  'uts',
  'volume',
  'volumes-from',
] as const;

function setCommand(config: ContainerConfig, command: string[]): void {
  config.entrypoint = command;
  config.spec.process!.args = command;
}
