import { secretsOf } from '../../../container/secrets.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchSecret } from '../../../secret/secret.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { prettyJson, renderReport } from '../../output/report.ts';
import { type InspectedSecret, inspectedSecret, secretText, secretView } from '../../output/secret-view.ts';

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
    const { flags, args, changed } = this.parse(SecretInspect);
    using engine = openContainers(this.globals);
    const secrets = secretsOf(engine);
    const found: InspectedSecret[] = [];
    const errors: Error[] = [];
    for (const name of args) {
      try {
        const record = secrets.lookup(name);
        found.push(inspectedSecret(record, flags.showsecret ? Buffer.from(secrets.value(record.id)).toString() : undefined));
      } catch (error) {
        if (!(error instanceof NoSuchSecret)) throw error;
        errors.push(new SelkieError(`inspecting secret: ${error.message}`, { cause: error }));
      }
    }
    if (flags.pretty) for (const secret of found) this.write(secretText(secret));
    else if (changed('format'))
      this.write(renderReport(found.map(secretView), { name: 'inspect', format: flags.format, standard: '', noHeading: true }));
    else this.out(prettyJson(found));
    for (const error of errors.slice(1)) this.err(`error ${error.message}`);
    if (errors.length > 0) throw errors[0]!;
  }
}
