import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { resources } from '../../flags/resources.ts';

export default class ContainerClone extends SelkieCommand {
  static override summary = 'Make a container like another';
  static override examples = ['container clone mycontainer copy'];
  static override usage = 'CONTAINER NAME IMAGE';
  static override flags = {
    ...omit(
      resources,
      'cgroup-conf',
      'cgroup-parent',
      'cgroups',
      'device-read-iops',
      'device-write-iops',
      'kernel-memory',
      'oom-kill-disable',
      'oom-score-adj',
      'pids-limit',
      'rdt-class',
      'shm-size',
      'shm-size-systemd',
      'ulimit',
    ),
    destroy: flag.bool({ summary: 'Remove what was cloned' }),
    force: flag.bool({ short: 'f', summary: 'Remove the original even when it runs' }),
    name: flag.string({ summary: 'Name' }),
    pod: flag.string({ summary: 'Pod that it belongs to; new:NAME makes one', complete: 'pods' }),
    run: flag.bool({ summary: 'Start it at once' }),
  };
  static override args: Arguments = { min: 1, max: 3, complete: ['containers', 'none', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
