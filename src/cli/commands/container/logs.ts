import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { logFlags } from '../../flags/logs.ts';
import { showLogs } from '../../show-logs.ts';

export default class ContainerLogs extends SelkieCommand {
  static override summary = 'Show the output of containers';
  static override examples = ['logs mycontainer', 'logs --follow --tail 10 mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    ...logFlags,
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'specify at least one container name or ID to log',
    unless: ['latest'],
    complete: ['containers'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerLogs);
    if (flags.latest && args.length > 0) throw new SelkieError('--latest and containers cannot be used together');
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: args, latest: flags.latest });
    await showLogs(
      engine,
      selected.map(({ container }) => container),
      flags,
    );
  }
}
