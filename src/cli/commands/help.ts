import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Help extends SelkieCommand {
  static override summary = 'Explain a command';
  static override examples = ['help run'];
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
