import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerInspect extends SelkieCommand {
  static override summary = 'Show all that is known about containers';
  static override examples = ['container inspect mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    size: flag.bool({ short: 's', summary: 'Tell sizes too' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['everything'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
