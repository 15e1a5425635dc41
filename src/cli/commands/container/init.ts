import { WrongState } from '../../../container/errors.ts';
import { selectContainers } from '../../../container/selection.ts';
import { initOnly } from '../../../container/start.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerInit extends SelkieCommand {
  static override summary = 'Prepare containers up to the point where the process starts';
  static override examples = ['init mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containersCreated'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerInit);
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: args, all: flags.all, latest: flags.latest });
    await eachContainer(selected, ({ container }) => initOnly(engine, container), {
      print: (text) => this.out(text),
      passOver: (error) => flags.all && error instanceof WrongState,
    });
  }
}
