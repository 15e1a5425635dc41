import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';

export default class SystemConnectionRename extends SelkieCommand {
  static override summary = 'Give a connection another name';
  static override examples = ['system connection rename mine yours'];
  static override usage = 'OLD NEW';
  static override args: Arguments = { min: 2, max: 2, complete: ['connections', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
