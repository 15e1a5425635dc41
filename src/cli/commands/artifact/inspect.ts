import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ArtifactInspect extends SelkieCommand {
  static override summary = 'Show what an artifact consists of';
  static override examples = ['artifact inspect quay.io/me/model:1'];
  static override usage = 'ARTIFACT';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['artifacts'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
