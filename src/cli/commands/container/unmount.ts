import { WrongState } from '../../../container/errors.ts';
import { unmountByHand } from '../../../container/mount.ts';
import { selectContainers } from '../../../container/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerUnmount extends SelkieCommand {
  static override summary = 'Unmount the root filesystem of containers';
  static override examples = ['unmount mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    force: flag.bool({ short: 'f', summary: 'Unmount even while it is in use' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerUnmount);
    using engine = openContainers(this.globals);
    const external: string[] = [];
    const selected = selectContainers(engine, {
      names: args,
      all: flags.all,
      latest: flags.latest,
      missing: (name) => external.push(name),
    });
    for (const name of external) this.out(unmountByHand(engine, name, flags.force));
    const mounted = flags.all && !flags.force ? selected.filter(({ container }) => engine.store.mountCount(container.id) > 0) : selected;
    await eachContainer(mounted, async ({ container }) => unmountByHand(engine, container, flags.force), {
      print: (text) => this.out(text),
      passOver: (error) => flags.all && error instanceof WrongState,
    });
  }
}
