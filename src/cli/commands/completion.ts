import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Completion extends SelkieCommand {
  static override summary = 'Write a script that completes commands in a shell';
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
