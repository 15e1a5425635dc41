import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionAdd extends SelkieCommand {
  static override summary = '';
  static override usage = 'NAME DESTINATION';
  static override flags = {
    default: flag.bool({ short: 'd', summary: '' }),
    farm: flag.string({ hidden: true, summary: '' }),
    identity: flag.string({ summary: '' }),
    port: flag.int({ short: 'p', default: 22, summary: '' }),
    'socket-path': flag.string({ summary: '' }),
    'tls-ca': flag.string({ summary: '' }),
    'tls-cert': flag.string({ summary: '' }),
    'tls-key': flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
