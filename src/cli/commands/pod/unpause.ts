import { selectPods } from '../../../pod/selection.ts';
import { unpausePod } from '../../../pod/signal.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class PodUnpause extends SelkieCommand {
  static override summary = 'Let the paused containers of pods run again';
  static override examples = ['pod unpause web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsPaused'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodUnpause);
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names: args, all: flags.all, latest: flags.latest });
    await eachPod(
      pods,
      'unpausing',
      (pod) => unpausePod(engine, pod),
      (pod) => this.out(pod.id),
    );
  }
}
