import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class HealthcheckRun extends SelkieCommand {
  static override summary = 'Check once whether a container is healthy';
  static override description = 'The exit code is 0 when it is, 1 when it is not and 125 when it could not be checked.';
  static override examples = ['healthcheck run web'];
  static override usage = 'CONTAINER';
  static override args: Arguments = { min: 1, max: 1, complete: ['healthcheckContainers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
