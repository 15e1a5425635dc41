import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodRestart extends SelkieCommand {
  static override summary = 'Restart the containers of pods';
  static override examples = ['pod restart web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
