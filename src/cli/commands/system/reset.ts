import { resetSystem } from '../../../container/system-reset.ts';
import { reportError } from '../../../diagnostics.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { escapeControl } from '../../output/escape.ts';

export default class SystemReset extends SelkieCommand {
  static override summary = 'Remove everything';
  static override description = 'All containers, pods, images, volumes, networks and caches of this store.';
  static override examples = ['system reset'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(SystemReset);
    using engine = openContainers(this.globals);
    if (!flags.force && !this.isConfirmed(engine)) return;
    await resetSystem(engine);
  }

  private isConfirmed(engine: ReturnType<typeof openContainers>): boolean {
    const { graphRoot, runRoot } = engine.paths;
    const what = ['all containers', 'all pods', 'all images', 'all networks', 'all build cache', 'all machines', 'all volumes'];
    const lines = [...what, `the graphRoot directory: "${graphRoot}"`, `the runRoot directory: "${runRoot}"`];
    this.out(`WARNING! This will remove:\n${lines.map((line) => `        - ${line}`).join('\n')}`);
    const own = new Set(engine.state.list().map(({ id }) => id));
    const external = engine.store.containers.list().filter(({ id }) => !own.has(id));
    if (external.length > 0) this.out('WARNING! The following external containers will be purged:');
    for (const { id, names } of external) this.out(`\t- ${id.slice(0, 12)} (${escapeControl(names[0] ?? '')})`);
    return this.hasConsent();
  }

  /** Ends with 1 where nobody answers. */
  private hasConsent(): boolean {
    try {
      return confirm('Are you sure you want to continue? [y/N] ');
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      reportError(error.message);
      this.exitCode = 1;
      return false;
    }
  }
}
