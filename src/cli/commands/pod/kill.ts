import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodKill extends SelkieCommand {
  static override summary = 'Send a signal to the containers of pods';
  static override examples = ['pod kill web', 'pod kill --signal HUP web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    signal: flag.string({ short: 's', default: 'KILL', summary: 'Signal to send', complete: 'signals' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['podsRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
