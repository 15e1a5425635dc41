import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineSet extends MachineCommand {
  static override summary = 'Change a machine';
  static override examples = ['machine set --memory 4096'];
  static override usage = '[NAME]';
  static override flags = {
    cpus: flag.uint({ summary: 'CPUs of the machine' }),
    'disk-size': flag.uint({ summary: 'Size of the disk in GiB' }),
    memory: flag.uint({ short: 'm', summary: 'Memory in MiB' }),
    rootful: flag.bool({ summary: 'Run containers of the machine as root' }),
    usb: flag.stringArray({ summary: 'USB device to pass on' }),
    'user-mode-networking': flag.bool({ summary: 'Let traffic pass through a process of the user' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };
}
