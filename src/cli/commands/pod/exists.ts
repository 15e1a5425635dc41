import { NoSuchPod } from '../../../pod/errors.ts';
import { lookupPod } from '../../../pod/pod.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class PodExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a pod';
  static override examples = ['pod exists web'];
  static override usage = 'POD';
  static override args: Arguments = { min: 1, max: 1, complete: ['pods'] };

  override run(): void {
    const { args } = this.parse(PodExists);
    using engine = openContainers(this.globals);
    try {
      lookupPod(engine, args[0]!);
    } catch (error) {
      if (!(error instanceof NoSuchPod)) throw error;
      this.exitCode = 1;
    }
  }
}
