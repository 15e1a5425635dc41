import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerTop extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [FORMAT-DESCRIPTORS|ARGS...]';
  static override flags = {
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'list-descriptors': flag.bool({ hidden: true, summary: 'List what can be shown of a process' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide the name or id of a running container',
    unless: ['latest', 'list-descriptors'],
    complete: ['containersRunning', 'topDescriptors'],
  };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
