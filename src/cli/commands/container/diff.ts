import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerDiff extends SelkieCommand {
  static override summary = "Show what has changed in a container's filesystem";
  static override examples = ['container diff mycontainer'];
  static override usage = 'CONTAINER [CONTAINER]';
  static override flags = {
    format: flag.string({ summary: '"json" for JSON' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { orLatest: true, max: 2, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
