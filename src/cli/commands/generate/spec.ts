import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class GenerateSpec extends SelkieCommand {
  static override summary = 'Show the specification that made a container or pod';
  static override examples = ['generate spec mycontainer'];
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    compact: flag.bool({ short: 'c', summary: 'Leave out white space' }),
    filename: flag.string({ short: 'f', summary: 'Write to this file' }),
    name: flag.bool({ short: 'n', default: true, summary: 'Use names, not IDs' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
