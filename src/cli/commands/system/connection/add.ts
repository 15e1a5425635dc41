import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionAdd extends SelkieCommand {
  static override summary = 'Remember how to reach a remote service';
  static override examples = ['system connection add mine ssh://me@example.com'];
  static override usage = 'NAME DESTINATION';
  static override flags = {
    default: flag.bool({ short: 'd', summary: 'Make this the connection that is used when none is named' }),
    farm: flag.string({ hidden: true, summary: 'Add the connection to this farm' }),
    identity: flag.string({ summary: 'SSH key' }),
    port: flag.int({ short: 'p', default: 22, summary: 'Port of the SSH server' }),
    'socket-path': flag.string({ summary: 'Socket of the service on the other machine' }),
    'tls-ca': flag.string({ summary: 'Certificate authority of the service (PEM)' }),
    'tls-cert': flag.string({ summary: 'Client certificate (PEM)' }),
    'tls-key': flag.string({ summary: 'Private key of the certificate (PEM)' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
