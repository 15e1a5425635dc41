import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeInspect extends SelkieCommand {
  static override summary = 'Show all that is known about volumes';
  static override examples = ['volume inspect data'];
  static override usage = 'VOLUME [VOLUME...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every volume' }),
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'provide one or more volume names or use --all',
    unless: ['all'],
    complete: ['volumes'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
