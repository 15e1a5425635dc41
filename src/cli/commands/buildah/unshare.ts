import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahUnshare extends SelkieCommand {
  static override summary = 'Run a command in the user namespace where rootless containers live';
  static override examples = ['unshare buildah mount mybuilder'];
  static override flags = {
    mount: flag.strings({
      short: 'm',
      defaultText: '[]',
      summary: 'Container to mount, its path in a variable: NAME=CONTAINER',
      complete: 'none',
    }),
  };
  static override args: Arguments = {};
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
