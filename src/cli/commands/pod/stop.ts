import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodStop extends SelkieCommand {
  static override summary = '';
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    ignore: flag.bool({ short: 'i', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'pod-id-file': flag.stringArray({ summary: '', complete: 'files' }),
    time: flag.int({ short: 't', defaultText: '10', summary: '' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['podsRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
