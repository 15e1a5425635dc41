import { readFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class SystemService extends SelkieCommand {
  static override summary = 'Serve the API of podman and docker on a socket';
  static override examples = ['system service --time 0 unix:///tmp/podman.sock', 'DOCKER_HOST=unix:///tmp/podman.sock docker ps'];
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

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(SystemService);
    using engine = openContainers(this.globals);
    const [{ listeningAt }, { restService }, { serve }] = await Promise.all([
      import('../../service-address.ts'),
      import('../../rest-service.ts'),
      import('../../../service/rest/server.ts'),
    ]);
    using address = listeningAt(args[0]);
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
    process.on('SIGHUP', () => {});
    const idleSeconds = changed('time') ? flags.time : engine.conf.engine.service_timeout;
    await serve(restService(engine), address.at, { idleSeconds, cors: flags.cors, ...tlsOf(flags) }, stop.signal);
  }
}

/** @throws SelkieError */
function tlsOf(flags: { 'tls-cert': string; 'tls-key': string; 'tls-client-ca': string }) {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = flags;
  if (cert === '' && key === '' && clientCa === '') return {};
  if (cert === '' || key === '') throw new SelkieError('--tls-cert and --tls-key must be given together');
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new SelkieError(`reading ${path}: ${(error as Error).message}`, { cause: error });
    }
  };
  return { tls: { cert: read(cert), key: read(key), ...(clientCa === '' ? {} : { clientCa: read(clientCa) }) } };
}
