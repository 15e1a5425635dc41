import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodInspect extends SelkieCommand {
  static override summary = 'Show all that is known about pods';
  static override examples = ['pod inspect web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
