import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerExec extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER COMMAND [ARG...]';
  static override flags = {
    cidfile: flag.string({ summary: '', complete: 'files' }),
    detach: flag.bool({ short: 'd', summary: '' }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', summary: '' }),
    env: flag.stringArray({ short: 'e', summary: '' }),
    'env-file': flag.stringArray({ summary: '', complete: 'files' }),
    interactive: flag.bool({ short: 'i', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'no-session': flag.bool({ summary: '' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: '' }),
    'preserve-fds': flag.uint({ summary: '' }),
    privileged: flag.bool({ summary: '' }),
    tty: flag.bool({ short: 't', summary: '' }),
    user: flag.string({ short: 'u', summary: '', complete: 'users' }),
    wait: flag.int({ hidden: true, summary: '' }),
    workdir: flag.string({ short: 'w', summary: '', complete: 'none' }),
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
