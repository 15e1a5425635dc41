import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerAttach extends SelkieCommand {
  static override summary = 'Attach the terminal to a running container';
  static override description = 'The keys of --detach-keys leave the container running.';
  static override examples = ['attach mycontainer'];
  static override usage = 'CONTAINER';
  static override flags = {
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: 'Keys that detach from the container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-stdin': flag.bool({ summary: 'Do not attach to the input' }),
    'sig-proxy': flag.bool({ default: true, summary: 'Pass signals on to the container' }),
  };
  static override args: Arguments = { orLatest: true, complete: ['containersRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
