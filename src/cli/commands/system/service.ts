import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemService extends SelkieCommand {
  static override summary = '';
  static override usage = '[URI]';
  static override flags = {
    cors: flag.string({ summary: '' }),
    'pprof-address': flag.string({ hidden: true, summary: '' }),
    time: flag.uint({ short: 't', defaultText: '5', aliases: ['timeout'], summary: '' }),
    'tls-cert': flag.string({ summary: '' }),
    'tls-client-ca': flag.string({ summary: '' }),
    'tls-key': flag.string({ summary: '' }),
  };
  static override args: Arguments = { max: 1 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
