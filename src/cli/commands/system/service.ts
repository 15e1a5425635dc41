import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemService extends SelkieCommand {
  static override summary = 'Serve the API of podman and docker on a socket';
  static override examples = ['system service --time 0 unix:///tmp/podman.sock'];
  static override usage = '[URI]';
  static override flags = {
    cors: flag.string({ summary: 'What Access-Control-Allow-Origin says' }),
    'pprof-address': flag.string({ hidden: true, summary: 'Accepted; without effect' }),
    time: flag.uint({
      short: 't',
      defaultText: '5',
      aliases: ['timeout'],
      summary: 'Seconds without a request until it ends; 0 for never',
    }),
    'tls-cert': flag.string({ summary: 'Certificate of the service (PEM)' }),
    'tls-client-ca': flag.string({ summary: 'Certificate authority of clients; others are refused (PEM)' }),
    'tls-key': flag.string({ summary: 'Private key of the certificate (PEM)' }),
  };
  static override args: Arguments = { max: 1, complete: ['files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
