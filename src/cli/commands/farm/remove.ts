import { removeFarms } from '../../../config/farms.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { UsageError } from '../../parse.ts';

export default class FarmRemove extends SelkieCommand {
  static override summary = 'Remove farms';
  static override examples = ['farm remove mine'];
  static override usage = '[FARM...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every farm' }),
  };
  static override args: Arguments = { complete: ['farms'] };

  override run(): void {
    const { flags, args } = this.parse(FarmRemove);
    if (flags.all) {
      removeFarms();
      this.out('All farms have been deleted');
      return;
    }
    if (args.length === 0) throw new UsageError('requires at lease 1 arg(s), received 0');
    for (const name of removeFarms(args)) this.out(`Farm "${name}" deleted`);
  }
}
