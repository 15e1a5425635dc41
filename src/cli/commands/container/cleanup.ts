import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCleanup extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    exec: flag.string({ summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    rm: flag.bool({ summary: '' }),
    rmi: flag.bool({ summary: '' }),
    'stopped-only': flag.bool({ hidden: true, summary: '' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containersExited'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
