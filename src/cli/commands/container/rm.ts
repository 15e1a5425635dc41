import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

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
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
    volumes: flag.bool({ short: 'v', summary: 'Its anonymous volumes too' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
