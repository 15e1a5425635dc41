import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCleanup extends SelkieCommand {
  static override summary = 'Unmount and disconnect containers that have ended';
  static override description = 'Done by itself at the end of a container.';
  static override examples = ['container cleanup --latest'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    exec: flag.string({ summary: 'Clean up after this exec session' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    rm: flag.bool({ summary: 'Remove the container too' }),
    rmi: flag.bool({ summary: 'Remove the image too' }),
    'stopped-only': flag.bool({ hidden: true, summary: 'Only when it has stopped' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containersExited'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
