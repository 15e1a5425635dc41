import { changesOf } from '../../container/diff.ts';
import { latestContainer } from '../../container/selection.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { openContainers } from '../engine.ts';
import { flag } from '../flag.ts';
import { renderChanges } from '../output/changes.ts';

export default class Diff extends SelkieCommand {
  static override summary = 'Show what differs between an object and what it was made from';
  static override description = 'Lines begin with A for added, C for changed, D for removed. With a second name the two are compared.';
  static override examples = ['diff mycontainer', 'diff --format json fedora'];
  static override usage = '{CONTAINER|IMAGE} [{CONTAINER|IMAGE}]';
  static override flags = {
    format: flag.string({ summary: '"json" for JSON' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { orLatest: true, max: 2, complete: ['containersAndImages'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(Diff);
    using engine = openContainers(this.globals);
    const [name, from] = flags.latest ? [latestContainer(engine).id] : args;
    const changes = await changesOf(engine, name!, 'any', from);
    this.write(renderChanges(changes, flags.format));
  }
}
