import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Cri extends SelkieCommand {
  static override summary = 'Serve the Kubernetes container runtime interface';
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
