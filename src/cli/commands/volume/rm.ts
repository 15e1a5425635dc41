import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeRm extends SelkieCommand {
  static override summary = 'Remove volumes';
  static override examples = ['volume rm data', 'volume rm --force data'];
  static override usage = 'VOLUME [VOLUME...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every volume' }),
    force: flag.bool({ short: 'f', summary: 'Remove its containers too' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'choose either one or more volumes or all', unless: ['all'], complete: ['volumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
