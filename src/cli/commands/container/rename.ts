import { renameContainer } from '../../../container/rename.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class ContainerRename extends SelkieCommand {
  static override summary = 'Give a container another name';
  static override examples = ['rename mycontainer web'];
  static override usage = 'CONTAINER NAME';
  static override args: Arguments = { min: 2, max: 2, complete: ['containers', 'none'] };

  override async run(): Promise<void> {
    const { args } = this.parse(ContainerRename);
    using engine = openContainers(this.globals);
    await renameContainer(engine, engine.state.lookup(args[0]!.replace(/^\//, '')), args[1]!);
  }
}
