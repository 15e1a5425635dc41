import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemEvents extends SelkieCommand {
  static override summary = 'Show what has happened to containers, images and so on';
  static override examples = ['events --since 1h', 'events --filter event=died --stream=false'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    'no-trunc': flag.bool({ default: true, summary: 'Show everything in full' }),
    since: flag.string({ summary: 'From this time, or this long ago' }),
    stream: flag.bool({ default: true, summary: 'Go on with what is yet to come' }),
    until: flag.string({ summary: 'Until this time, or this long ago' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
