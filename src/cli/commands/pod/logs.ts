import { SelkieError } from '../../../errors.ts';
import { containersOf } from '../../../pod/pod.ts';
import { selectPods } from '../../../pod/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { logFlags } from '../../flags/logs.ts';
import { showLogs } from '../../show-logs.ts';

export default class PodLogs extends SelkieCommand {
  static override summary = "Show the logs of a pod's containers";
  static override examples = ['pod logs --follow web'];
  static override usage = 'POD';
  static override flags = {
    ...logFlags,
    container: flag.string({ short: 'c', summary: "Only this container's log", complete: 'containers' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'specify at least one pod name or ID to log',
    tooMany: 'requires exactly 1 arg',
    unless: ['latest'],
    complete: ['pods'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodLogs);
    if (flags.latest && args.length > 0) throw new SelkieError('--latest and pods cannot be used together');
    using engine = openContainers(this.globals);
    const [pod] = selectPods(engine, { names: args, latest: flags.latest });
    const all = containersOf(engine, pod!);
    const wanted = flags.container === '' ? all : all.filter(({ id, name }) => id === flags.container || name === flags.container);
    if (flags.container !== '' && wanted.length === 0)
      throw new SelkieError(`container ${flags.container} is not in pod ${args[0] ?? ''}: no such container`);
    await showLogs(engine, wanted, flags);
  }
}
