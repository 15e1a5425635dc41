import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { mounts } from '../../flags/mounts.ts';
import { namespaces } from '../../flags/namespaces.ts';
import { networking } from '../../flags/networking.ts';
import { resources } from '../../flags/resources.ts';

export default class PodCreate extends SelkieCommand {
  static override summary = '';
  static override usage = '[NAME]';
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
    ...omit(networking, 'expose', 'publish-all'),
    ...omit(namespaces, 'cgroupns', 'ipc'),
    ...pick(mounts, 'device', 'gpus', 'volume', 'volumes-from'),
    'exit-policy': flag.string({ default: 'continue', summary: '', choices: ['continue', 'stop'] }),
    infra: flag.bool({ default: true, summary: '' }),
    'infra-command': flag.string({ summary: '' }),
    'infra-conmon-pidfile': flag.string({ summary: '' }),
    'infra-image': flag.string({ summary: '' }),
    'infra-name': flag.string({ summary: '' }),
    label: flag.stringArray({ short: 'l', summary: '' }),
    'label-file': flag.stringArray({ summary: '', complete: 'files' }),
    name: flag.string({ short: 'n', summary: '' }),
    'pod-id-file': flag.string({ summary: '', complete: 'files' }),
    replace: flag.bool({ summary: '' }),
    restart: flag.string({ summary: '', choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'] }),
    'security-opt': flag.stringArray({ summary: '', complete: 'none' }),
    share: flag.string({ default: 'ipc,net,uts', summary: '' }),
    'share-parent': flag.bool({ default: true, summary: '' }),
    sysctl: flag.strings({ summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
