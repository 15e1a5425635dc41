import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineSet extends SelkieCommand {
  static override summary = '';
  static override usage = '[NAME]';
  static override flags = {
    cpus: flag.uint({ summary: '' }),
    'disk-size': flag.uint({ summary: '' }),
    memory: flag.uint({ short: 'm', summary: '' }),
    rootful: flag.bool({ summary: '' }),
    usb: flag.stringArray({ summary: '' }),
    'user-mode-networking': flag.bool({ summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
