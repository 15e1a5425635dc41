import { restartContainer } from '../../../container/restart.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { configuredStopTimeout } from '../../flags/configured.ts';

export default class ContainerRestart extends SelkieCommand {
  static override summary = 'Restart containers';
  static override examples = ['restart mycontainer', 'restart --running'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    running: flag.bool({ summary: 'Only those that run' }),
    time: flag.int({
      short: 't',
      defaultText: '10',
      configuredDefault: configuredStopTimeout,
      aliases: ['timeout'],
      summary: 'Seconds to wait before killing',
    }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerRestart);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, {
      names: [...args, ...readCidFiles(flags.cidfile)],
      all: flags.all,
      running: flags.running,
      latest: flags.latest,
      filters: flags.filter,
    });
    const timeout = changed('time') ? (flags.time < 0 ? Number.POSITIVE_INFINITY : flags.time) : undefined;
    await eachContainer(selected, ({ container }) => restartContainer(engine, container, timeout), { print: (text) => this.out(text) });
  }
}
