import { NotYet } from '../../../errors.ts';
import { SelkieCommand } from '../../command.ts';

export default class BuildxVersion extends SelkieCommand {
  static override summary = 'Print the version of the builder';

  override run(): void {
    throw new NotYet(this.path);
  }
}
