import { pruneErrors, pruneSystem, reclaimedSpace } from '../../../container/system-prune.ts';
import { removeUnfinished } from '../../../container/unfinished-create.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';
import { humanSize } from '../../output/units.ts';

export default class SystemPrune extends SelkieCommand {
  static override summary = 'Remove what nothing uses';
  static override description =
    'Stopped containers, pods without running containers, networks that no container uses, images without a name and what interrupted pulls left; more with the flags.';
  static override examples = ['system prune', 'system prune --all --volumes'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Everything that nothing uses, not only what has no name' }),
    build: flag.bool({ summary: 'Containers that builds left behind too' }),
    external: flag.bool({ summary: 'Only containers of other tools' }),
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
    volumes: flag.bool({ summary: 'Volumes too' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(SystemPrune);
    using engine = openContainers(this.globals);
    removeUnfinished(engine);
    if (flags.external) {
      if (flags.all || flags.volumes || flags.build || flags.filter.length > 0) {
        throw new SelkieError('system prune --external cannot be combined with other options');
      }
      engine.store.garbageCollect(engine.state.list().map(({ id }) => id));
      return;
    }
    if (!flags.force && !this.isConfirmed(flags)) return;
    const report = await pruneSystem(engine, { all: flags.all, volumes: flags.volumes, build: flags.build, filters: flags.filter });
    const { containers, pods, volumes, images, networks, downloads } = report;
    for (const [kind, reports] of Object.entries({
      Containers: containers,
      Pods: pods,
      Volumes: volumes,
      Images: images,
      Networks: networks,
      Downloads: downloads,
    })) {
      const gone = reports.filter(({ error }) => error === undefined);
      if (gone.length > 0) this.out(`Deleted ${kind}\n${gone.map(({ id }) => id).join('\n')}`);
    }
    throwLast(pruneErrors(report));
    this.out(`Total reclaimed space: ${humanSize(reclaimedSpace(report))}`);
  }

  private isConfirmed({ all, volumes, build }: { all: boolean; volumes: boolean; build: boolean }): boolean {
    const lines = [
      'all stopped containers',
      'all networks not used by at least one container',
      ...(volumes ? ['all volumes not used by at least one container'] : []),
      ...(build ? ['all build containers'] : []),
      ...(all
        ? ['all images without at least one container associated with them', 'all build cache']
        : ['all dangling images', 'all dangling build cache']),
    ];
    const warning = `WARNING! This command removes:\n${lines.map((line) => `\t- ${line}\n`).join('')}`;
    return confirm(`${warning}\nAre you sure you want to continue? [y/N] `);
  }
}
