import { imageChanges } from '../../../image/diff.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { renderChanges } from '../../output/changes.ts';

export default class ImageDiff extends SelkieCommand {
  static override summary = 'Show what an image adds to the one below';
  static override examples = ['image diff fedora'];
  static override usage = 'IMAGE [IMAGE]';
  static override flags = {
    format: flag.string({ summary: '"json" for JSON' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ImageDiff);
    using images = openImages(this.globals);
    this.write(renderChanges(await imageChanges(images, args[0]!, args[1]), flags.format));
  }
}
