import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class Diff extends SelkieCommand {
  static override summary = '';
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
