import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerStats extends SelkieCommand {
  static override summary = 'Show what containers use';
  static override examples = ['stats', 'stats --no-stream mycontainer'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    interval: flag.int({ short: 'i', default: 5, summary: 'Seconds between two readings' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-reset': flag.bool({ summary: 'Do not clear the screen' }),
    'no-stream': flag.bool({ summary: 'Show one reading' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
  };
  static override args: Arguments = { complete: ['containersRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
