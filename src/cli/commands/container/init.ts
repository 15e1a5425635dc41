import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerInit extends SelkieCommand {
  static override summary = 'Prepare containers up to the point where the process starts';
  static override examples = ['init mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containersCreated'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
