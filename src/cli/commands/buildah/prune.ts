import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahPrune extends SelkieCommand {
  static override summary = 'Remove images and caches that nothing uses';
  static override examples = ['prune'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Everything that nothing uses, not only what has no name' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = {};
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
