import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerExec extends SelkieCommand {
  static override summary = 'Run a process in a running container';
  static override examples = ['exec -it mycontainer sh', 'exec --user 1000 -e DEBUG=1 mycontainer app'];
  static override usage = 'CONTAINER COMMAND [ARG...]';
  static override flags = {
    cidfile: flag.string({ summary: "Read the container's ID from this file", complete: 'files' }),
    detach: flag.bool({ short: 'd', summary: 'Leave the process in the background and print its ID' }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', summary: 'Keys that detach from the container' }),
    env: flag.stringArray({ short: 'e', summary: "Variable, as name=value; the name alone takes over the caller's" }),
    'env-file': flag.stringArray({ summary: 'File with a variable on each line', complete: 'files' }),
    interactive: flag.bool({ short: 'i', summary: 'Keep the input open' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-session': flag.bool({ summary: 'Leave no session in the database' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: 'Pass this file descriptor on' }),
    'preserve-fds': flag.uint({ summary: 'Pass on this many file descriptors, from 3 upwards' }),
    privileged: flag.bool({ summary: 'Give it all capabilities and devices' }),
    tty: flag.bool({ short: 't', summary: 'Give the process a terminal' }),
    user: flag.string({ short: 'u', summary: 'User, and group after a colon, to run as', complete: 'users' }),
    wait: flag.int({ hidden: true, summary: 'Seconds to wait for the container to start' }),
    workdir: flag.string({ short: 'w', summary: 'Directory to run in', complete: 'none' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'exec requires the name or ID of a container or the --latest or --cidfile flag',
    unless: ['latest', 'cidfile'],
    complete: ['containersRunning', 'none'],
  };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
