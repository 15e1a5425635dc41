import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemDf extends SelkieCommand {
  static override summary = 'Show how much space images, containers and volumes take';
  static override examples = ['system df', 'system df --verbose'];
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
    verbose: flag.bool({ short: 'v', summary: 'Show every image, container and volume' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
