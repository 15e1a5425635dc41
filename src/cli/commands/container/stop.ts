import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerStop extends SelkieCommand {
  static override summary = 'Stop containers';
  static override description = 'They get their stop signal and, when the time is over, KILL.';
  static override examples = ['stop mycontainer', 'stop --time 2 mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    service: flag.bool({ hidden: true, summary: 'Stop as systemd would' }),
    time: flag.int({ short: 't', defaultText: '10', aliases: ['timeout'], summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
