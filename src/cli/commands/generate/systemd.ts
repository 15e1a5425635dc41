import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class GenerateSystemd extends SelkieCommand {
  static override summary = '';
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    after: flag.stringArray({ summary: '' }),
    'container-prefix': flag.string({ default: 'container', summary: '' }),
    env: flag.stringArray({ short: 'e', summary: '' }),
    files: flag.bool({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    name: flag.bool({ short: 'n', summary: '' }),
    new: flag.bool({ summary: '' }),
    'no-header': flag.bool({ summary: '' }),
    'pod-prefix': flag.string({ default: 'pod', summary: '' }),
    requires: flag.stringArray({ summary: '', complete: 'containers' }),
    'restart-policy': flag.string({ default: 'on-failure', summary: '' }),
    'restart-sec': flag.uint({ summary: '' }),
    separator: flag.string({ default: '-', summary: '' }),
    'start-timeout': flag.uint({ summary: '' }),
    'stop-timeout': flag.uint({ defaultText: '10', summary: '' }),
    template: flag.bool({ summary: '' }),
    time: flag.uint({ aliases: ['timeout'], hidden: true, summary: '' }),
    wants: flag.stringArray({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
