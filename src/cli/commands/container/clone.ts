import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { resources } from '../../flags/resources.ts';

export default class ContainerClone extends SelkieCommand {
  static override summary = '';
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
    destroy: flag.bool({ summary: '' }),
    force: flag.bool({ short: 'f', summary: '' }),
    name: flag.string({ summary: '' }),
    pod: flag.string({ summary: '', complete: 'pods' }),
    run: flag.bool({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 3, complete: ['containers', 'none', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
