import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodRm extends SelkieCommand {
  static override summary = 'Remove pods and their containers';
  static override examples = ['pod rm web', 'pod rm --force --all'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    force: flag.bool({ short: 'f', summary: 'Stop its containers first' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
