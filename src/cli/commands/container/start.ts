import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerStart extends SelkieCommand {
  static override summary = 'Start containers';
  static override examples = ['start mycontainer', 'start --attach --interactive mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ summary: 'Every container' }),
    attach: flag.bool({ short: 'a', summary: "Attach to the container's output, and to its input with --interactive" }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: 'Keys that detach from the container' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    interactive: flag.bool({ short: 'i', summary: 'Keep the input open' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'sig-proxy': flag.bool({
      defaultText: 'true if attaching, false otherwise',
      summary: 'Pass signals on to the container (default true if attaching, false otherwise)',
    }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'start requires at least one argument',
    unless: ['all', 'latest', 'filter'],
    complete: ['containersStartable'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
