import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahRmi extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    force: flag.bool({ short: 'f', summary: '' }),
    prune: flag.bool({ short: 'p', summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'image name or ID must be specified',
    unless: ['all', 'prune'],
    complete: ['images'],
  };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
