import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class KubeApply extends SelkieCommand {
  static override summary = '';
  static override usage = '[CONTAINER...|POD...|VOLUME...]';
  static override flags = {
    'ca-cert-file': flag.string({ summary: '' }),
    file: flag.string({ short: 'f', summary: '', complete: 'files' }),
    kubeconfig: flag.string({ short: 'k', summary: '' }),
    ns: flag.string({ aliases: ['namespace'], summary: '' }),
    service: flag.bool({ short: 's', summary: '' }),
  };
  static override args: Arguments = { complete: ['containersAndPods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
