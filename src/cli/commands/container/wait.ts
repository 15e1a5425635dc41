import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerWait extends SelkieCommand {
  static override summary = 'Wait for containers and print their exit codes';
  static override examples = ['wait mycontainer', 'wait --condition healthy mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    condition: flag.strings({ summary: 'Wait for this state; may be repeated' }),
    'exit-first-match': flag.bool({ summary: 'Return at the first container that gets there' }),
    ignore: flag.bool({ summary: 'What is not there is no error' }),
    interval: flag.string({ short: 'i', default: '250ms', summary: 'How long between two looks' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: '"{path}" requires a name, id, or the "--latest" flag',
    unless: ['latest'],
    complete: ['containers'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
