import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerRestart extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    cidfile: flag.stringArray({ summary: '', complete: 'files' }),
    filter: flag.stringArray({ short: 'f', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    running: flag.bool({ summary: '' }),
    time: flag.int({ short: 't', defaultText: '10', aliases: ['timeout'], summary: '' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
