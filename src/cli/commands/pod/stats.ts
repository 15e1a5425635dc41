import type { ContainerEngine } from '../../../container/engine.ts';
import { SelkieError } from '../../../errors.ts';
import { NoPods, NoSuchPod } from '../../../pod/errors.ts';
import type { Pod } from '../../../pod/pod.ts';
import { selectPods } from '../../../pod/selection.ts';
import { podStats } from '../../../pod/stats.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { PodStatsRow, showPodStats } from '../../output/pod-stats-row.ts';
import { isJsonFormat, prettyJson } from '../../output/report.ts';

export default class PodStats extends SelkieCommand {
  static override summary = 'Show what the containers of pods use';
  static override examples = ['pod stats --no-stream web'];
  static override usage = '[POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'no-reset': flag.bool({ summary: 'Do not clear the screen' }),
    'no-stream': flag.bool({ summary: 'Show one reading' }),
  };
  static override args: Arguments = { complete: ['podsRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(PodStats);
    const ways = [flags.all, flags.latest, args.length > 0].filter(Boolean).length;
    if (ways > 1) throw new SelkieError('--all, --latest and arguments cannot be used together');
    using engine = openContainers(this.globals);
    for (;;) {
      const rows = podStats(engine, this.pods(engine)).map((reading) => new PodStatsRow(reading));
      if (isJsonFormat(flags.format)) this.out(prettyJson(rows, '     '));
      else {
        if (!flags['no-reset'] && isTerminal(1)) this.write('\x1b[2J\x1b[H');
        this.write(showPodStats(rows, flags.format));
      }
      if (flags['no-stream']) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /** All of them, unless some are asked for. */
  private pods(engine: ContainerEngine): Pod[] {
    const { flags, args } = this.parse(PodStats);
    try {
      return selectPods(engine, { names: args, latest: flags.latest, all: !flags.latest && args.length === 0 });
    } catch (error) {
      if (!(error instanceof NoSuchPod) && !(error instanceof NoPods)) throw error;
      throw new SelkieError(`unable to get list of pods: ${error.message}`, { cause: error });
    }
  }
}
