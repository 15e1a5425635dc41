import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a container';
  static override examples = ['container exists mycontainer'];
  static override usage = 'CONTAINER';
  static override flags = {
    external: flag.bool({ summary: 'Look among containers of other tools too' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containers'] };

  override run(): void {
    const { flags, args } = this.parse(ContainerExists);
    using engine = openContainers(this.globals);
    const [name = ''] = args;
    const isThere = engine.state.find(name) !== undefined || (flags.external && engine.store.containers.find(name) !== undefined);
    this.exitCode = isThere ? 0 : 1;
  }
}
