import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerAttach extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER';
  static override flags = {
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'no-stdin': flag.bool({ summary: '' }),
    'sig-proxy': flag.bool({ default: true, summary: '' }),
  };
  static override args: Arguments = { orLatest: true, complete: ['containersRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
