import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { createFlags } from '../../flags/create.ts';

export default class ContainerRun extends SelkieCommand {
  static override summary = 'Run a command in a new container';
  static override description =
    "Without a command it is that of the image. Flags end at the image's name: what follows belongs to the command.";
  static override examples = [
    'run --rm -it fedora bash',
    'run -d --name web -p 8080:80 nginx',
    'run --rm -v ./src:/src:Z -w /src golang go build',
  ];
  static override usage = 'IMAGE [COMMAND [ARG...]]';
  static override flags = {
    ...omit(createFlags, 'init-ctr'),
    detach: flag.bool({ short: 'd', summary: 'Leave the container in the background and print its ID' }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: 'Keys that detach from the container' }),
    passwd: flag.bool({ default: true, summary: 'Add the user to /etc/passwd' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: 'Pass this file descriptor on' }),
    'preserve-fds': flag.uint({ summary: 'Pass on this many file descriptors, from 3 upwards' }),
    rmi: flag.bool({ summary: 'Remove the image when the container ends, if nothing else uses it' }),
    'sig-proxy': flag.bool({ default: true, summary: 'Pass signals on to the container' }),
  };
  static override args: Arguments = { min: 1, complete: ['images', 'commands'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
