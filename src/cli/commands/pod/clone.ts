import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { mounts } from '../../flags/mounts.ts';
import { namespaces } from '../../flags/namespaces.ts';
import { resources } from '../../flags/resources.ts';

export default class PodClone extends SelkieCommand {
  static override summary = 'Make a pod like another';
  static override examples = ['pod clone mypod copy'];
  static override usage = 'POD NAME';
  static override flags = {
    ...pick(
      resources,
      'blkio-weight',
      'blkio-weight-device',
      'cgroup-parent',
      'cpu-shares',
      'cpus',
      'cpuset-cpus',
      'cpuset-mems',
      'device-read-bps',
      'device-write-bps',
      'memory',
      'memory-swap',
      'shm-size',
      'shm-size-systemd',
    ),
    ...omit(namespaces, 'cgroupns', 'ipc'),
    ...pick(mounts, 'device', 'gpus', 'volume', 'volumes-from'),
    destroy: flag.bool({ summary: 'Remove what was cloned' }),
    hostname: flag.string({ short: 'h', summary: 'Name of the host inside' }),
    'infra-command': flag.string({ summary: 'Command of the infra container' }),
    'infra-conmon-pidfile': flag.string({ summary: "Write the process id of the infra container's conmon to this file" }),
    'infra-name': flag.string({ summary: 'Name of the infra container' }),
    label: flag.stringArray({ short: 'l', summary: 'Label, as key=value' }),
    'label-file': flag.stringArray({ summary: 'File with a label on each line', complete: 'files' }),
    name: flag.string({ short: 'n', summary: 'Name' }),
    restart: flag.string({
      summary: 'When to start it again: no, always, on-failure[:MAX] or unless-stopped',
      choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
    }),
    'security-opt': flag.stringArray({
      summary: 'Security option: seccomp=, label=, apparmor=, mask=, unmask=, no-new-privileges, proc-opts=',
      complete: 'none',
    }),
    start: flag.bool({ summary: 'Start it at once' }),
    sysctl: flag.strings({ summary: 'Kernel setting, as name=value' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['pods', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
