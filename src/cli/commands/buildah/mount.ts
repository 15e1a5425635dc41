import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahMount extends SelkieCommand {
  static override summary = '';
  static override flags = {
    json: flag.bool({ summary: '' }),
    notruncate: flag.bool({ hidden: true, summary: '' }),
  };
  static override args: Arguments = { complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
