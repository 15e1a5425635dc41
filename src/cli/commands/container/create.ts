import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { createFlags } from '../../flags/create.ts';

export default class ContainerCreate extends SelkieCommand {
  static override summary = 'Make a container without starting it';
  static override examples = ['create --name web -p 8080:80 nginx', 'start web'];
  static override usage = 'IMAGE [COMMAND [ARG...]]';
  static override flags = {
    ...createFlags,
  };
  static override args: Arguments = { min: 1, complete: ['images', 'commands'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
