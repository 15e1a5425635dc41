import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeCreate extends SelkieCommand {
  static override summary = '';
  static override usage = '[NAME]';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'local', summary: '' }),
    gid: flag.int({ summary: '' }),
    ignore: flag.bool({ summary: '' }),
    label: flag.stringArray({ short: 'l', defaultText: '[]', summary: '' }),
    opt: flag.stringArray({ short: 'o', defaultText: '[]', summary: '' }),
    uid: flag.int({ summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
