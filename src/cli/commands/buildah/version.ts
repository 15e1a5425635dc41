import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahVersion extends SelkieCommand {
  static override summary = '';
  static override flags = {
    json: flag.bool({ summary: 'As JSON' }),
  };
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
