import { inspectContainer } from '../../../container/inspect.ts';
import { latestContainer } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { type Inspected, printInspected } from '../../output/inspected.ts';

export default class ContainerInspect extends SelkieCommand {
  static override summary = 'Show all that is known about containers';
  static override examples = ['container inspect mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    size: flag.bool({ short: 's', summary: 'Tell sizes too' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['containers'] };

  override run(): void {
    const { flags, args } = this.parse(ContainerInspect);
    if (flags.latest && args.length > 0) throw new SelkieError('--latest and arguments cannot be used together');
    using engine = openContainers(this.globals);
    const found: Inspected[] = [];
    const errors: SelkieError[] = [];
    for (const name of flags.latest ? [latestContainer(engine).id] : args) {
      try {
        const container = engine.state.lookup(name.replace(/^\//, ''));
        found.push({ type: 'container', data: inspectContainer(engine, container, { size: flags.size }) });
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        errors.push(
          new SelkieError(/no such container$/.test(error.message) ? `no such container ${JSON.stringify(name)}` : error.message, {
            cause: error,
          }),
        );
      }
    }
    printInspected(found, flags.format, errors, false);
  }
}
