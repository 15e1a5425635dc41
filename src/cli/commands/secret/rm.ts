import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SecretRm extends SelkieCommand {
  static override summary = 'Remove secrets';
  static override examples = ['secret rm mypassword'];
  static override usage = 'SECRET [SECRET...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every secret' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: '`{path}` requires one argument, or the --all flag',
    unless: ['all'],
    complete: ['secrets'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
