import { selectPods } from '../../../pod/selection.ts';
import { pausePod } from '../../../pod/signal.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class PodPause extends SelkieCommand {
  static override summary = 'Pause the containers of pods';
  static override examples = ['pod pause web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodPause);
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names: args, all: flags.all, latest: flags.latest });
    await eachPod(
      pods,
      'pausing',
      (pod) => pausePod(engine, pod),
      (pod) => this.out(pod.id),
    );
  }
}
