import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageScp extends SelkieCommand {
  static override summary = 'Copy an image to another host';
  static override examples = ['image scp app host::'];
  static override usage = 'IMAGE [HOST::]';
  static override flags = {
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images', 'connections'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
