import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerRestart extends SelkieCommand {
  static override summary = 'Restart containers';
  static override examples = ['restart mycontainer', 'restart --running'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    running: flag.bool({ summary: 'Only those that run' }),
    time: flag.int({ short: 't', defaultText: '10', aliases: ['timeout'], summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
