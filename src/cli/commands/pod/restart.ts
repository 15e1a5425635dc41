import { selectPods } from '../../../pod/selection.ts';
import { restartPod } from '../../../pod/signal.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class PodRestart extends SelkieCommand {
  static override summary = 'Restart the containers of pods';
  static override examples = ['pod restart web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['pods'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodRestart);
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names: args, all: flags.all, latest: flags.latest });
    await eachPod(
      pods,
      'restarting',
      (pod) => restartPod(engine, pod),
      (pod) => this.out(pod.id),
    );
  }
}
