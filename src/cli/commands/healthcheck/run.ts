import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class HealthcheckRun extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER';
  static override args: Arguments = { min: 1, max: 1, complete: ['healthcheckContainers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
