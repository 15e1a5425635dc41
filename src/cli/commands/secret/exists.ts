import { secretsOf } from '../../../container/secrets.ts';
import { NoSuchSecret } from '../../../secret/secret.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class SecretExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a secret';
  static override examples = ['secret exists mypassword'];
  static override usage = 'SECRET';
  static override args: Arguments = { min: 1, max: 1, complete: ['secrets'] };

  override run(): void {
    const { args } = this.parse(SecretExists);
    using engine = openContainers(this.globals);
    try {
      secretsOf(engine).lookup(args[0]!);
    } catch (error) {
      if (!(error instanceof NoSuchSecret)) throw error;
      this.exitCode = 1;
    }
  }
}
