import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodUnpause extends SelkieCommand {
  static override summary = 'Let the paused containers of pods run again';
  static override examples = ['pod unpause web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsPaused'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
