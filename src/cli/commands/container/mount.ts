import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerMount extends SelkieCommand {
  static override summary = 'Mount the root filesystem of containers and print where';
  static override description = 'Without a name, list those that are mounted.';
  static override examples = ['mount mycontainer'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
  };
  static override args: Arguments = { namesOrAll: true, mayBeEmpty: true, complete: ['containers'] };
  static override parentNamespace = true;

  override run(): void {
    throw new NotYet(this.path);
  }
}
