import { NoStoredContainer, WrongState } from '../../../container/errors.ts';
import { removeExternalContainer } from '../../../container/external.ts';
import { removeContainer } from '../../../container/remove.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import { removeUnfinished } from '../../../container/unfinished-create.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { configuredStopTimeout } from '../../flags/configured.ts';

export default class ContainerRm extends SelkieCommand {
  static override summary = 'Remove containers';
  static override examples = ['rm mycontainer', 'rm --force --all'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    depend: flag.bool({ summary: 'Containers that depend on it too' }),
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Stop it first when it runs' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    time: flag.int({ short: 't', defaultText: '10', configuredDefault: configuredStopTimeout, summary: 'Seconds to wait before killing' }),
    volumes: flag.bool({ short: 'v', summary: 'Its anonymous volumes too' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerRm);
    if (changed('time') && !flags.force) throw new SelkieError('--force option must be specified to use the --time option');
    const ignore = flags.ignore || flags.force;
    using engine = openContainers(this.globals);
    removeUnfinished(engine);
    const others: string[] = [];
    const selected = selectContainers(engine, {
      names: [...args, ...readCidFiles(flags.cidfile, ignore)],
      all: flags.all,
      latest: flags.latest,
      filters: flags.filter,
      missing: (name) => others.push(name),
    });
    for (const name of others) {
      try {
        removeExternalContainer(engine, name, flags.force);
        this.out(name);
      } catch (error) {
        if (!(error instanceof NoStoredContainer)) throw error;
        if (!ignore) throw new SelkieError(error.message, { cause: error, exitCode: 1 });
      }
    }
    const options = {
      force: flags.force,
      volumes: flags.volumes,
      depend: flags.depend || flags.all,
      timeout: changed('time') ? flags.time : undefined,
    };
    const printed = new Set<string>();
    await eachContainer(
      selected,
      async ({ container }) => {
        for (const id of await removeContainer(engine, container, options)) {
          if (id === container.id || printed.has(id)) continue;
          printed.add(id);
          if (!selected.some((other) => other.container.id === id)) this.out(id);
        }
      },
      {
        print: (text) => this.out(text),
        exitCode: (error) => (error instanceof WrongState || /state improper$/.test(error.message) ? 2 : undefined),
      },
    );
  }
}
