import { NotYet } from '../../../errors.ts';
import { SelkieCommand } from '../../command.ts';

export default class BuildxInspect extends SelkieCommand {
  static override summary = 'Say which platforms can be built for';

  override run(): void {
    throw new NotYet(this.path);
  }
}
