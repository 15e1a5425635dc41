import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerLogs extends SelkieCommand {
  static override summary = 'Show the output of containers';
  static override examples = ['logs mycontainer', 'logs --follow --tail 10 mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    color: flag.bool({ summary: "Colour each container's lines" }),
    details: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
    follow: flag.bool({ short: 'f', summary: 'Go on with what is yet to come' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    names: flag.bool({ short: 'n', summary: 'Show names, not IDs' }),
    since: flag.string({ summary: 'From this time, or this long ago' }),
    tail: flag.int({ default: -1, summary: 'Only this many lines from the end' }),
    timestamps: flag.bool({ short: 't', summary: 'Show times' }),
    until: flag.string({ summary: 'Until this time, or this long ago' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'specify at least one container name or ID to log',
    unless: ['latest'],
    complete: ['containers'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
