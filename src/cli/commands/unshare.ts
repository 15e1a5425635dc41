import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class Unshare extends SelkieCommand {
  static override summary = '';
  static override usage = '[COMMAND [ARG...]]';
  static override flags = {
    'rootless-netns': flag.bool({ summary: 'Join the network namespace of rootless bridges' }),
  };
  static override args: Arguments = {};
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
