import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Completion extends SelkieCommand {
  static override summary = 'Write the script that completes commands in a shell';
  static override description =
    'The script asks the program itself what may come next, so that names of containers, images and so on are those of the moment.';
  static override examples = ['completion bash', 'completion zsh -f _selkie'];
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}
