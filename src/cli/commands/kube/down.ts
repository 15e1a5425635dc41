import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { readKubeInput } from '../../kube-input.ts';
import { takeDown } from '../../take-down.ts';

export default class KubeDown extends SelkieCommand {
  static override summary = 'Remove what a YAML file describes';
  static override examples = ['kube down web.yaml'];
  static override usage = '[KUBEFILE [KUBEFILE...]]|-';
  static override flags = {
    force: flag.bool({ summary: 'Remove volumes too' }),
  };
  static override args: Arguments = { min: 1, complete: ['files'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(KubeDown);
    const content = await readKubeInput(args);
    using engine = openContainers(this.globals);
    await takeDown(engine, content, flags.force);
  }
}
