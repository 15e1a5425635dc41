import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahRm extends SelkieCommand {
  static override summary = 'Remove working containers';
  static override examples = ['rm mybuilder', 'rm --all'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every working container' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', unless: ['all'], complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
