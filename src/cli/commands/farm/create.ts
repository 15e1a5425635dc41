import { createFarm } from '../../../config/farms.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class FarmCreate extends SelkieCommand {
  static override summary = 'Make a farm of connections';
  static override examples = ['farm create mine arm x86'];
  static override usage = 'NAME [CONNECTIONS...]';
  static override args: Arguments = { min: 1, complete: ['none', 'connections'] };

  override run(): void {
    const [name, ...connections] = this.parse(FarmCreate).args as [string, ...string[]];
    createFarm(name, connections);
    this.out(`Farm "${name}" created`);
  }
}
