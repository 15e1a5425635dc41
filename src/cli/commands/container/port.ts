import { selectContainers } from '../../../container/selection.ts';
import { seeState } from '../../../container/sync-state.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerPort extends SelkieCommand {
  static override summary = 'Show the published ports of containers';
  static override examples = ['port mycontainer', 'port mycontainer 80/tcp'];
  static override usage = 'CONTAINER [PORT]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = {
    max: 2,
    tooMany: '`port` accepts at most 2 arguments',
    min: 1,
    tooFew: 'you must supply a running container name or id',
    unless: ['all', 'latest'],
    complete: ['containers', 'none'],
  };

  override run(): void {
    const { flags, args } = this.parse(ContainerPort);
    if (flags.all && args.length > 0) throw new SelkieError('no arguments are needed with --all');
    const [name, port = ''] = flags.latest ? [undefined, ...args] : args;
    const wanted = port === '' ? undefined : parsePort(port);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: name === undefined ? [] : [name], all: flags.all, latest: flags.latest });
    for (const { container } of selected) {
      seeState(engine, container);
      if (container.state.status !== 'running') continue;
      const prefix = flags.all ? `${container.id.slice(0, 12)}\t` : '';
      let found = false;
      for (const { hostIp, hostPort, containerPort, range, protocol } of container.config.network.portMappings) {
        const address = hostIp === '' ? '0.0.0.0' : hostIp;
        for (const one of protocol.split(',')) {
          for (let at = 0; at < Math.max(1, range); at++) {
            if (wanted === undefined) this.out(`${prefix}${containerPort + at}/${one} -> ${address}:${hostPort + at}`);
            else if (wanted.protocol === one && wanted.port === containerPort + at) {
              this.out(`${prefix}${address}:${hostPort + at}`);
              found = true;
            }
          }
        }
      }
      if (!found && wanted !== undefined) throw new SelkieError(`failed to find published port ${JSON.stringify(port)}`);
    }
  }
}

function parsePort(text: string): { port: number; protocol: string } {
  const [number = '', protocol = 'tcp', ...more] = text.split('/');
  if (more.length > 0) throw new SelkieError(`port formats are port/protocol. '${text}' is invalid`);
  if (!/^\d+$/.test(number)) throw new SelkieError(`strconv.ParseUint: parsing ${JSON.stringify(number)}: invalid syntax`);
  return { port: Number(number), protocol };
}
