import { SelkieError } from '../../../errors.ts';
import { NoSuchPod } from '../../../pod/errors.ts';
import { inspectPod } from '../../../pod/inspect.ts';
import { latestPod, lookupPod } from '../../../pod/pod.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { type Inspected, printInspected } from '../../output/inspected.ts';

export default class PodInspect extends SelkieCommand {
  static override summary = 'Show all that is known about pods';
  static override examples = ['pod inspect web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['pods'] };

  override run(): void {
    const { flags, args } = this.parse(PodInspect);
    using engine = openContainers(this.globals);
    const found: Inspected[] = [];
    const errors: Error[] = [];
    if (flags.latest) found.push({ type: 'pod', data: inspectPod(engine, latestPod(engine)) });
    for (const name of args) {
      try {
        found.push({ type: 'pod', data: inspectPod(engine, lookupPod(engine, name)) });
      } catch (error) {
        if (!(error instanceof NoSuchPod)) throw error;
        errors.push(new SelkieError(`no such pod ${name}`, { cause: error }));
      }
    }
    printInspected(found, flags.format, errors, false);
  }
}
