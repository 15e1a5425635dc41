import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class KubeDown extends SelkieCommand {
  static override summary = 'Remove what a YAML file describes';
  static override examples = ['kube down web.yaml'];
  static override usage = '[KUBEFILE [KUBEFILE...]]|-';
  static override flags = {
    force: flag.bool({ summary: 'Remove volumes too' }),
  };
  static override args: Arguments = { min: 1, complete: ['files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
