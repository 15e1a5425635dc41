import { readPodIdFile, selectPods } from '../../../pod/selection.ts';
import { stopPod } from '../../../pod/stop.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachPod } from '../../each-pod.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { configuredStopTimeout } from '../../flags/configured.ts';

export default class PodStop extends SelkieCommand {
  static override summary = 'Stop the containers of pods';
  static override examples = ['pod stop web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
    time: flag.int({ short: 't', defaultText: '10', configuredDefault: configuredStopTimeout, summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['podsRunning'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(PodStop);
    const names = [...args, ...flags['pod-id-file'].map(readPodIdFile)];
    const timeout = changed('time') && flags.time >= 0 ? flags.time : undefined;
    using engine = openContainers(this.globals);
    const pods = selectPods(engine, { names, all: flags.all, latest: flags.latest, ignore: flags.ignore });
    await eachPod(
      pods,
      'stopping',
      (pod) => stopPod(engine, pod, timeout),
      (pod) => this.out(pod.name),
    );
  }
}
