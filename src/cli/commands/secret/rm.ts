import { secretsOf } from '../../../container/secrets.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchSecret } from '../../../secret/secret.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

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
    const { flags, args } = this.parse(SecretRm);
    if (flags.all && args.length > 0) throw new SelkieError(`\`${this.path}\` requires one argument, or the --all flag`);
    using engine = openContainers(this.globals);
    const secrets = secretsOf(engine);
    const errors: Error[] = [];
    for (const name of flags.all ? secrets.list().map(({ id }) => id) : args) {
      try {
        const id = secrets.remove(name);
        engine.events.writeEvent('secret', 'remove', { ID: id });
        this.out(id);
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        if (!(flags.ignore && error instanceof NoSuchSecret)) errors.push(error);
      }
    }
    throwLast(errors);
  }
}
