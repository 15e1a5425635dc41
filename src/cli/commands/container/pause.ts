import { pauseContainer } from '../../../container/pause.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerPause extends SelkieCommand {
  static override summary = 'Pause the processes of containers';
  static override examples = ['pause mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerPause);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, {
      names: [...args, ...readCidFiles(flags.cidfile)],
      all: flags.all,
      latest: flags.latest,
      filters: flags.filter,
    });
    const meant =
      flags.all || flags.filter.length > 0 ? selected.filter(({ container }) => container.state.status === 'running') : selected;
    await eachContainer(meant, ({ container }) => pauseContainer(engine, container), { print: (text) => this.out(text) });
  }
}
