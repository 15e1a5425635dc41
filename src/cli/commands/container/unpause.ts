import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerUnpause extends SelkieCommand {
  static override summary = 'Let paused containers run again';
  static override examples = ['unpause mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    cidfile: flag.stringArray({ summary: "Read the container's ID from this file", complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containersPaused'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
