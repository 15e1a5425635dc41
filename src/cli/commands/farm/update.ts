import { updateFarm } from '../../../config/farms.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class FarmUpdate extends SelkieCommand {
  static override summary = 'Change a farm';
  static override examples = ['farm update --add s390x mine'];
  static override usage = 'FARM';
  static override flags = {
    add: flag.strings({ short: 'a', summary: 'Connections to add to the farm' }),
    default: flag.bool({ short: 'd', summary: 'Make this the farm that is used when none is named' }),
    remove: flag.strings({ short: 'r', summary: 'Connections to take away' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['farms'] };

  override run(): void {
    const { flags, args } = this.parse(FarmUpdate);
    updateFarm(args[0]!, { add: flags.add, remove: flags.remove, makeDefault: flags.default });
    this.out(`Farm "${args[0]}" updated`);
  }
}
