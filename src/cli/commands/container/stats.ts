import type { ContainerEngine } from '../../../container/engine.ts';
import { NoSuchContainer } from '../../../container/errors.ts';
import { type Selected, type Selection, selectContainers } from '../../../container/selection.ts';
import { type ContainerStats, idleStats, readStats } from '../../../container/stats.ts';
import { seeState } from '../../../container/sync-state.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';
import { StatsRow, statsHeadings, statsRow } from '../../output/stats-row.ts';

export default class ContainerStatsCommand extends SelkieCommand {
  static override summary = 'Show what containers use';
  static override examples = ['stats', 'stats --no-stream mycontainer'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    interval: flag.int({ short: 'i', default: 5, summary: 'Seconds between two readings' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-reset': flag.bool({ summary: 'Do not clear the screen' }),
    'no-stream': flag.bool({ summary: 'Show one reading' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
  };
  static override args: Arguments = { complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerStatsCommand);
    const ways = [flags.all, flags.latest, args.length > 0].filter(Boolean).length;
    if (ways > 1) throw new SelkieError('--all, --latest and containers cannot be used together');
    if (flags.interval < 1) throw new SelkieError('invalid interval, must be a positive number greater zero');
    using engine = openContainers(this.globals);
    let before = new Map<string, ContainerStats>();
    for (;;) {
      const selected = this.select(engine, { names: args, latest: flags.latest, all: flags.all, running: ways === 0 });
      const readings = selected.flatMap(({ container }) => {
        seeState(engine, container);
        if (container.isRunning) return [readStats(container, before.get(container.id))];
        return [idleStats(container)];
      });
      const rows = readings.map((reading) => new StatsRow(reading, !flags['no-trunc']));
      if (!flags['no-stream'] && !flags['no-reset'] && !isJsonFormat(flags.format) && isTerminal(1)) this.write('\x1b[2J\x1b[H');
      if (isJsonFormat(flags.format))
        this.out(
          prettyJson(
            rows.map((row) => row.json),
            ' ',
          ),
        );
      else this.write(renderReport(rows, { name: 'stats', format: flags.format, standard: statsRow, headings: statsHeadings }));
      if (flags['no-stream']) return;
      before = new Map(readings.map((reading) => [reading.id, reading]));
      await new Promise((resolve) => setTimeout(resolve, flags.interval * 1000));
    }
  }

  private select(engine: ContainerEngine, selection: Selection): Selected[] {
    return selectContainers(engine, {
      ...selection,
      missing: (name) => {
        throw new SelkieError(
          `unable to get list of containers: unable to look up container ${name}: ${new NoSuchContainer(name).message}`,
        );
      },
    });
  }
}
