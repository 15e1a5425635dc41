import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerPort extends SelkieCommand {
  static override summary = 'Show the published ports of containers';
  static override examples = ['port mycontainer', 'port mycontainer 80/tcp'];
  static override usage = 'CONTAINER [PORT]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = {
    max: 2,
    tooMany: '`port` accepts at most 2 arguments',
    min: 1,
    tooFew: 'you must supply a running container name or id',
    unless: ['all', 'latest'],
    complete: ['containers', 'none'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
