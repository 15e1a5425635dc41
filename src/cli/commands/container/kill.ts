import { WrongState } from '../../../container/errors.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import { parseSignal } from '../../../container/signals.ts';
import { killContainer } from '../../../container/stop.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerKill extends SelkieCommand {
  static override summary = 'Send a signal to containers';
  static override examples = ['kill mycontainer', 'kill --signal HUP mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    signal: flag.string({ short: 's', default: 'KILL', summary: 'Signal to send', complete: 'signals' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerKill);
    const signal = parseSignal(flags.signal);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: [...args, ...readCidFiles(flags.cidfile)], all: flags.all, latest: flags.latest });
    const running = flags.all ? selected.filter(({ container }) => container.isRunning) : selected;
    await eachContainer(running, ({ container }) => killContainer(engine, container, signal), {
      print: (text) => this.out(text),
      passOver: (error) => flags.all && error instanceof WrongState,
    });
  }
}
