import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { createFlags } from '../../flags/create.ts';

export default class ContainerRun extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [COMMAND [ARG...]]';
  static override flags = {
    ...omit(createFlags, 'init-ctr'),
    detach: flag.bool({ short: 'd', summary: '' }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: '' }),
    passwd: flag.bool({ default: true, summary: '' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: '' }),
    'preserve-fds': flag.uint({ summary: '' }),
    rmi: flag.bool({ summary: '' }),
    'sig-proxy': flag.bool({ default: true, summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['images', 'commands'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
