import { parseSignal } from '../../../container/signals.ts';
import { selectPods } from '../../../pod/selection.ts';
import { killPod } from '../../../pod/signal.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class PodKill extends SelkieCommand {
  static override summary = 'Send a signal to the containers of pods';
  static override examples = ['pod kill web', 'pod kill --signal HUP web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    signal: flag.string({ short: 's', default: 'KILL', summary: 'Signal to send', complete: 'signals' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodKill);
    const signal = parseSignal(flags.signal);
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names: args, all: flags.all, latest: flags.latest });
    await eachPod(
      pods,
      'killing',
      (pod) => killPod(engine, pod, signal),
      (pod) => this.out(pod.id),
    );
  }
}
