import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineInit extends MachineCommand {
  static override summary = 'Make a virtual machine for containers';
  static override examples = ['machine init --cpus 2'];
  static override usage = '[NAME]';
  static override flags = {
    cpus: flag.uint({ default: 1, summary: 'CPUs of the machine' }),
    'disk-size': flag.uint({ default: 100, summary: 'Size of the disk in GiB' }),
    'ignition-path': flag.string({ summary: 'File with a configuration for Ignition' }),
    image: flag.string({ summary: 'Image of the machine' }),
    'image-path': flag.string({ hidden: true, summary: "File or address of the machine's image" }),
    memory: flag.uint({ short: 'm', default: 2048, summary: 'Memory in MiB' }),
    now: flag.bool({ summary: 'Start it at once' }),
    playbook: flag.string({ summary: 'Ansible playbook to run at the first start' }),
    reexec: flag.bool({ hidden: true, summary: 'Used by machine itself' }),
    rootful: flag.bool({ summary: 'Run containers of the machine as root' }),
    swap: flag.uint({ short: 's', summary: 'Swap in MiB' }),
    timezone: flag.string({ default: 'local', summary: 'Time zone' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    usb: flag.stringArray({ summary: 'USB device to pass on' }),
    'user-mode-networking': flag.bool({ summary: 'Let traffic pass through a process of the user' }),
    username: flag.string({ default: 'core', summary: 'User of the machine' }),
    volume: flag.stringArray({
      short: 'v',
      defaultText: '[$HOME:$HOME]',
      summary: 'Directory of the host to mount: SOURCE:TARGET',
      complete: 'volumes',
    }),
    'volume-driver': flag.string({ hidden: true, summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };
}
