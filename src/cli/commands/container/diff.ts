import { changesOf } from '../../../container/diff.ts';
import { latestContainer } from '../../../container/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { renderChanges } from '../../output/changes.ts';

export default class ContainerDiff extends SelkieCommand {
  static override summary = "Show what has changed in a container's filesystem";
  static override examples = ['container diff mycontainer'];
  static override usage = 'CONTAINER [CONTAINER]';
  static override flags = {
    format: flag.string({ summary: '"json" for JSON' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { orLatest: true, max: 2, complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerDiff);
    using engine = openContainers(this.globals);
    const [name, from] = flags.latest ? [latestContainer(engine).id] : args;
    this.write(renderChanges(await changesOf(engine, name!, 'container', from), flags.format));
  }
}
