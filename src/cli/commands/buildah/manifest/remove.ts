import { removeFromList } from '../../../../image/list-commands.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';

export default class BuildahManifestRemove extends SelkieCommand {
  static override summary = 'Take an image out of a list';
  static override examples = ['manifest remove app sha256:1234'];
  static override args: Arguments = { min: 2 };

  override run(): void {
    const { args } = this.parse(BuildahManifestRemove);
    using images = openImages(this.globals);
    this.out(`${removeFromList(images, args[0]!, args[1]!)}: ${args[1]}`);
  }
}
