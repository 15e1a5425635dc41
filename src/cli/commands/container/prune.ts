import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerPrune extends SelkieCommand {
  static override summary = 'Remove stopped containers';
  static override examples = ['container prune', 'container prune --filter until=24h'];
  static override flags = {
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
