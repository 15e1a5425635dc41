import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkReload extends SelkieCommand {
  static override summary = 'Make the firewall rules of containers again';
  static override description = 'For when something else has flushed them.';
  static override examples = ['network reload --all'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
