import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SecretCreate extends SelkieCommand {
  static override summary = 'Keep a secret for containers';
  static override description = 'It is read from a file, from the input with a dash, or with --env from a variable.';
  static override examples = ['secret create mypassword ./password', 'printf secret | podman secret create mypassword -'];
  static override usage = 'NAME FILE|-';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'file', summary: 'Where the secret is kept: file, pass or shell' }),
    'driver-opts': flag.stringMap({ defaultText: '[]', summary: 'Option of the driver, as key=value' }),
    env: flag.bool({ summary: 'Take the secret from the variable of this name' }),
    ignore: flag.bool({ summary: 'What is there already is no error' }),
    label: flag.stringArray({ short: 'l', summary: 'Label, as key=value' }),
    replace: flag.bool({ summary: 'Take the place of a secret of that name' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['none', 'files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
