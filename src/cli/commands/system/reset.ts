import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemReset extends SelkieCommand {
  static override summary = 'Remove everything';
  static override description = 'All containers, pods, images, volumes, networks and caches of this store.';
  static override examples = ['system reset'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
