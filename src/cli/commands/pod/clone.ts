import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { mounts } from '../../flags/mounts.ts';
import { namespaces } from '../../flags/namespaces.ts';
import { resources } from '../../flags/resources.ts';

export default class PodClone extends SelkieCommand {
  static override summary = '';
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
    destroy: flag.bool({ summary: '' }),
    hostname: flag.string({ short: 'h', summary: '' }),
    'infra-command': flag.string({ summary: '' }),
    'infra-conmon-pidfile': flag.string({ summary: '' }),
    'infra-name': flag.string({ summary: '' }),
    label: flag.stringArray({ short: 'l', summary: '' }),
    'label-file': flag.stringArray({ summary: '', complete: 'files' }),
    name: flag.string({ short: 'n', summary: '' }),
    restart: flag.string({ summary: '', choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'] }),
    'security-opt': flag.stringArray({ summary: '', complete: 'none' }),
    start: flag.bool({ summary: '' }),
    sysctl: flag.strings({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['pods', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
