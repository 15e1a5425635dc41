import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeCreate extends SelkieCommand {
  static override summary = 'Make a volume';
  static override examples = ['volume create data', 'volume create --opt type=tmpfs --opt device=tmpfs scratch'];
  static override usage = '[NAME]';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'local', summary: 'What provides the volume' }),
    gid: flag.int({ summary: 'Group that owns the volume' }),
    ignore: flag.bool({ summary: 'What is there already is no error' }),
    label: flag.stringArray({ short: 'l', defaultText: '[]', summary: 'Label, as key=value' }),
    opt: flag.stringArray({ short: 'o', defaultText: '[]', summary: 'Option of the driver, as key=value' }),
    uid: flag.int({ summary: 'User that owns the volume' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
