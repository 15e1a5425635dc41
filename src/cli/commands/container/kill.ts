import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerKill extends SelkieCommand {
  static override summary = 'Send a signal to containers';
  static override examples = ['kill mycontainer', 'kill --signal HUP mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    signal: flag.string({ short: 's', default: 'KILL', summary: 'Signal to send', complete: 'signals' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
