import { createSourceImage } from '../../../../image/source-image.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahSourceCreate extends SelkieCommand {
  static override summary = 'Make a source image';
  static override examples = ['source create layout'];
  static override flags = {
    author: flag.string({ summary: 'Author of the source image' }),
    'time-stamp': flag.bool({ default: true, summary: 'Say when the source image was made' }),
  };
  static override args: Arguments = { min: 1, max: 1 };

  override run(): void {
    const { flags, args } = this.parse(BuildahSourceCreate);
    const created = flags['time-stamp'] ? new Date().toISOString() : undefined;
    createSourceImage(args[0]!, { author: flags.author, created });
  }
}
