import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { createFlags } from '../../flags/create.ts';
import { newContainer } from '../../new-container.ts';

export default class ContainerCreate extends SelkieCommand {
  static override summary = 'Make a container without starting it';
  static override examples = ['create --name web -p 8080:80 nginx', 'start web'];
  static override usage = 'IMAGE [COMMAND [ARG...]]';
  static override flags = {
    ...createFlags,
  };
  static override args: Arguments = { min: 1, complete: ['images', 'commands'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerCreate);
    using engine = openContainers(this.globals);
    const container = await newContainer(engine, { flags, args, changed: (name) => changed(name as never) });
    if (!flags['log-driver'].startsWith('passthrough')) this.out(container.id);
  }
}
