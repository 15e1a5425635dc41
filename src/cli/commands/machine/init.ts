import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineInit extends SelkieCommand {
  static override summary = '';
  static override usage = '[NAME]';
  static override flags = {
    cpus: flag.uint({ default: 1, summary: '' }),
    'disk-size': flag.uint({ default: 100, summary: '' }),
    'ignition-path': flag.string({ summary: '' }),
    image: flag.string({ summary: '' }),
    'image-path': flag.string({ hidden: true, summary: '' }),
    memory: flag.uint({ short: 'm', default: 2048, summary: '' }),
    now: flag.bool({ summary: '' }),
    playbook: flag.string({ summary: '' }),
    reexec: flag.bool({ hidden: true, summary: '' }),
    rootful: flag.bool({ summary: '' }),
    swap: flag.uint({ short: 's', summary: '' }),
    timezone: flag.string({ default: 'local', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    usb: flag.stringArray({ summary: '' }),
    'user-mode-networking': flag.bool({ summary: '' }),
    username: flag.string({ default: 'core', summary: '' }),
    volume: flag.stringArray({ short: 'v', defaultText: '[$HOME:$HOME]', summary: '', complete: 'volumes' }),
    'volume-driver': flag.string({ hidden: true, summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
