import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageDiff extends SelkieCommand {
  static override summary = 'Show what an image adds to the one below';
  static override examples = ['image diff fedora'];
  static override usage = 'IMAGE [IMAGE]';
  static override flags = {
    format: flag.string({ summary: '"json" for JSON' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
