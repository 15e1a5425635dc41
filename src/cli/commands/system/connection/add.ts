import { addConnection } from '../../../../config/connection-destination.ts';
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
    const { flags, args, changed } = this.parse(SystemConnectionAdd);
    const [name, destination] = args as [string, string];
    addConnection(name, destination, {
      identity: flags.identity,
      port: changed('port') ? flags.port : undefined,
      socketPath: flags['socket-path'],
      tlsCa: flags['tls-ca'],
      tlsCert: flags['tls-cert'],
      tlsKey: flags['tls-key'],
      makeDefault: flags.default,
      farm: flags.farm,
    });
  }
}
