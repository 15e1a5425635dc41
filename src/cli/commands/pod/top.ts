import { topDescriptors } from '../../../container/top.ts';
import { SelkieError } from '../../../errors.ts';
import { NoPods, NoSuchPod } from '../../../pod/errors.ts';
import { selectPods } from '../../../pod/selection.ts';
import { podTop } from '../../../pod/top.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { renderTable } from '../../output/table.ts';

export default class PodTop extends SelkieCommand {
  static override summary = 'Show the processes of a pod';
  static override examples = ['pod top web pid user args'];
  static override usage = 'POD [FORMAT-DESCRIPTORS|ARGS...]';
  static override flags = {
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'list-descriptors': flag.bool({ hidden: true, summary: 'List what can be shown of a process' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide the name or id of a running pod',
    unless: ['latest', 'list-descriptors'],
    complete: ['podsRunning', 'topDescriptors'],
  };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(PodTop);
    if (flags['list-descriptors']) {
      for (const name of topDescriptors) this.out(name);
      return;
    }
    using engine = openContainers(this.globals);
    const [names, descriptors] = flags.latest ? [[], args] : [args.slice(0, 1), args.slice(1)];
    const { headings, rows } = podTop(
      engine,
      this.podOf(() => selectPods(engine, { names, latest: flags.latest })[0]!),
      descriptors,
    );
    this.write(renderTable(headings, rows));
  }

  private podOf<T>(find: () => T): T {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof NoSuchPod) && !(error instanceof NoPods)) throw error;
      throw new SelkieError(`unable to look up requested container: ${error.message}`, { cause: error });
    }
  }
}
