import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Compose extends SelkieCommand {
  static override summary = '';
  static override usage = '[options]';
  static override args: Arguments = {};
  static override interspersed = false;
  static override parentNamespace = true;

  override run(): void {
    throw new NotYet(this.path);
  }
}
