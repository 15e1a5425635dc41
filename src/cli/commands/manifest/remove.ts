import { SelkieError } from '../../../errors.ts';
import { removeFromList } from '../../../image/list-commands.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';

export default class ManifestRemove extends SelkieCommand {
  static override summary = 'Take an image out of a list';
  static override examples = ['manifest remove app sha256:1234'];
  static override usage = 'LIST DIGEST';
  static override args: Arguments = { min: 2, max: 2, complete: ['manifests', 'none'] };

  override run(): void {
    const { args } = this.parse(ManifestRemove);
    using images = openImages(this.globals);
    try {
      this.out(removeFromList(images, args[0]!, args[1]!));
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      throw new SelkieError(`removing from manifest list ${args[0]}: ${error.message}`, { cause: error });
    }
  }
}
