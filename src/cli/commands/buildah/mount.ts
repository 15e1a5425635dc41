import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahMount extends SelkieCommand {
  static override summary = 'Mount working containers and print where';
  static override description = 'Without a name, list those that are mounted.';
  static override examples = ['mount mybuilder'];
  static override flags = {
    json: flag.bool({ summary: 'As JSON' }),
    notruncate: flag.bool({ hidden: true, summary: 'Show everything in full' }),
  };
  static override args: Arguments = { complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
