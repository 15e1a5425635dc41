import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ImageTree extends SelkieCommand {
  static override summary = 'Show the layers of an image as a tree';
  static override examples = ['image tree fedora'];
  static override usage = 'IMAGE';
  static override flags = {
    whatrequires: flag.bool({ summary: 'Show what is built upon it' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['images'] };

  override run(): void {
    const { flags, args } = this.parse(ImageTree);
    using images = openImages(this.globals);
    this.out(images.tree(images.lookup(args[0]!), flags.whatrequires));
  }
}
