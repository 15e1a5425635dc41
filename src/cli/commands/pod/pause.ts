import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodPause extends SelkieCommand {
  static override summary = 'Pause the containers of pods';
  static override examples = ['pod pause web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
