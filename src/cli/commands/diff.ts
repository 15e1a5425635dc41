import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

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

  override run(): void {
    throw new NotYet(this.path);
  }
}
