import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodStats extends SelkieCommand {
  static override summary = 'Show what the containers of pods use';
  static override examples = ['pod stats --no-stream web'];
  static override usage = '[POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'no-reset': flag.bool({ summary: 'Do not clear the screen' }),
    'no-stream': flag.bool({ summary: 'Show one reading' }),
  };
  static override args: Arguments = { complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
