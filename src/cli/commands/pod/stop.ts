import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodStop extends SelkieCommand {
  static override summary = 'Stop the containers of pods';
  static override examples = ['pod stop web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['podsRunning'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
