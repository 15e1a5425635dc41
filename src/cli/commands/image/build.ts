import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { buildFlags } from '../../flags/build.ts';

export default class ImageBuild extends SelkieCommand {
  static override summary = '';
  static override usage = '[CONTEXT]';
  static override flags = {
    ...buildFlags,
  };
  static override args: Arguments = { max: 1, complete: ['directories'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
