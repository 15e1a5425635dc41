import { NoSuchContainer } from '../../../container/errors.ts';
import { runHealthcheck } from '../../../container/health-run.ts';
import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class HealthcheckRun extends SelkieCommand {
  static override summary = 'Check once whether a container is healthy';
  static override description = 'The exit code is 0 when it is, 1 when it is not and 125 when it could not be checked.';
  static override examples = ['healthcheck run web'];
  static override usage = 'CONTAINER';
  static override args: Arguments = { min: 1, max: 1, complete: ['healthcheckContainers'] };

  override async run(): Promise<void> {
    const { args } = this.parse(HealthcheckRun);
    using engine = openContainers(this.globals);
    const name = args[0]!.replace(/^\//, '');
    const [selected] = selectContainers(engine, {
      names: [name],
      missing: () => {
        throw new SelkieError(`unable to look up ${name} to perform a health check: ${new NoSuchContainer(name).message}`);
      },
    });
    const verdict = await runHealthcheck(engine, selected!.container);
    if (verdict === 'healthy') return;
    this.out(verdict);
    this.exitCode = 1;
  }
}
