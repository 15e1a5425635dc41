import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SecretInspect extends SelkieCommand {
  static override summary = 'Show all that is known about secrets';
  static override examples = ['secret inspect mypassword'];
  static override usage = 'SECRET [SECRET...]';
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
    pretty: flag.bool({ summary: 'Show for people to read' }),
    showsecret: flag.bool({ summary: 'Show the secret itself' }),
  };
  static override args: Arguments = { min: 1, complete: ['secrets'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
