import { readPodIdFile, selectPods } from '../../../pod/selection.ts';
import { startPod } from '../../../pod/start.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class PodStart extends SelkieCommand {
  static override summary = 'Start the containers of pods';
  static override examples = ['pod start web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['pods'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodStart);
    const names = [...args, ...flags['pod-id-file'].map(readPodIdFile)];
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names, all: flags.all, latest: flags.latest });
    await eachPod(
      pods,
      'starting',
      (pod) => startPod(engine, pod),
      (pod) => this.out(pod.name),
    );
  }
}
