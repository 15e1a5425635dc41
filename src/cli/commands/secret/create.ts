import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SecretCreate extends SelkieCommand {
  static override summary = '';
  static override usage = 'NAME FILE|-';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'file', summary: '' }),
    'driver-opts': flag.stringMap({ defaultText: '[]', summary: '' }),
    env: flag.bool({ summary: '' }),
    ignore: flag.bool({ summary: '' }),
    label: flag.stringArray({ short: 'l', summary: '' }),
    replace: flag.bool({ summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['none', 'files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
