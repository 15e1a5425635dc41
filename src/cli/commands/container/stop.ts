import { ContainerStopped, WrongState } from '../../../container/errors.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import { stopContainer } from '../../../container/stop.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { configuredStopTimeout } from '../../flags/configured.ts';

export default class ContainerStop extends SelkieCommand {
  static override summary = 'Stop containers';
  static override description = 'They get their stop signal and, when the time is over, KILL.';
  static override examples = ['stop mycontainer', 'stop --time 2 mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    service: flag.bool({ hidden: true, summary: 'Stop as systemd would' }),
    time: flag.int({
      short: 't',
      defaultText: '10',
      configuredDefault: configuredStopTimeout,
      aliases: ['timeout'],
      summary: 'Seconds to wait before killing',
    }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerStop);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, {
      names: [...args, ...readCidFiles(flags.cidfile, flags.ignore)],
      all: flags.all,
      latest: flags.latest,
      filters: flags.filter,
      missing: flags.ignore ? () => {} : undefined,
    });
    // A negative time means that it is never killed.
    const timeout = changed('time') ? (flags.time < 0 ? Number.POSITIVE_INFINITY : flags.time) : undefined;
    await eachContainer(selected, ({ container }) => stopContainer(engine, container, timeout), {
      print: (text) => this.out(text),
      passOver: (error) => error instanceof ContainerStopped || (flags.all && error instanceof WrongState),
    });
  }
}
