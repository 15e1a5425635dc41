import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodStart extends SelkieCommand {
  static override summary = 'Start the containers of pods';
  static override examples = ['pod start web'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
