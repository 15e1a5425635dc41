import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
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

  override run(): void {
    throw new NotYet(this.path);
  }
}
