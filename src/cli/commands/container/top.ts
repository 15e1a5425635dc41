import { NoSuchContainer } from '../../../container/errors.ts';
import { selectContainers } from '../../../container/selection.ts';
import { syncState } from '../../../container/sync-state.ts';
import { containerTop, topDescriptors, UnknownDescriptor } from '../../../container/top.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { escapeControl } from '../../output/escape.ts';
import { renderTable } from '../../output/table.ts';

export default class ContainerTop extends SelkieCommand {
  static override summary = 'Show the processes of a container';
  static override description =
    'Without descriptors like ps -ef; what is not a descriptor is handed to ps(1) of the host, run among the processes of the container, else to that of the container.';
  static override examples = ['top mycontainer', 'top mycontainer pid user seccomp'];
  static override usage = 'CONTAINER [FORMAT-DESCRIPTORS|ARGS...]';
  static override flags = {
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'list-descriptors': flag.bool({ hidden: true, summary: 'List what can be shown of a process' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide the name or id of a running container',
    unless: ['latest', 'list-descriptors'],
    complete: ['containers', 'topDescriptors'],
  };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerTop);
    if (flags['list-descriptors']) {
      for (const name of topDescriptors) this.out(name);
      return;
    }
    using engine = openContainers(this.globals);
    const [names, descriptors] = flags.latest ? [[], args] : [args.slice(0, 1), args.slice(1)];
    const { container } = selectContainers(engine, {
      names,
      latest: flags.latest,
      missing: (name) => {
        throw new SelkieError(`unable to look up requested container: ${new NoSuchContainer(name).message}`);
      },
    })[0]!;
    syncState(engine, container);
    if (container.state.status !== 'running') {
      throw new SelkieError('top can only be used on running containers');
    }
    try {
      const { headings, rows } = containerTop(container, descriptors);
      this.write(renderTable(headings, rows));
    } catch (error) {
      if (!(error instanceof UnknownDescriptor)) throw error;
      // What we do not know may be an argument of ps(1).
      const { runPs } = await import('../../../container/host-ps.ts');
      for (const line of await runPs(engine, container, descriptors)) this.out(escapeControl(line, { multiline: true }));
    }
  }
}
