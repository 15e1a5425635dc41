import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerRm extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    cidfile: flag.stringArray({ summary: '', complete: 'files' }),
    depend: flag.bool({ summary: '' }),
    filter: flag.stringArray({ summary: '' }),
    force: flag.bool({ short: 'f', summary: '' }),
    ignore: flag.bool({ short: 'i', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    time: flag.int({ short: 't', defaultText: '10', summary: '' }),
    volumes: flag.bool({ short: 'v', summary: '' }),
  };
  static override args: Arguments = { namesOrAll: 'cidfile', complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
