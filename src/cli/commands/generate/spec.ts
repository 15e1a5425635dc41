import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class GenerateSpec extends SelkieCommand {
  static override summary = '';
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    compact: flag.bool({ short: 'c', summary: '' }),
    filename: flag.string({ short: 'f', summary: '' }),
    name: flag.bool({ short: 'n', default: true, summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
