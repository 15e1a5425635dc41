import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodTop extends SelkieCommand {
  static override summary = 'Show the processes of a pod';
  static override examples = ['pod top web pid user args'];
  static override usage = 'POD [FORMAT-DESCRIPTORS|ARGS...]';
  static override flags = {
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'list-descriptors': flag.bool({ hidden: true, summary: 'List what can be shown of a process' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide the name or id of a running pod',
    unless: ['latest', 'list-descriptors'],
    complete: ['podsRunning', 'topDescriptors'],
  };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
