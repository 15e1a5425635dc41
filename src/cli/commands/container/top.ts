import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerTop extends SelkieCommand {
  static override summary = 'Show the processes of a container';
  static override description = 'Without descriptors like ps -ef; what is not a descriptor is handed to ps inside of the container.';
  static override examples = ['top mycontainer', 'top mycontainer pid user seccomp'];
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
