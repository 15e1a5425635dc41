import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class GenerateSystemd extends SelkieCommand {
  static override summary = 'Write unit files for a container or pod';
  static override description = 'New set-ups had better use quadlet files.';
  static override examples = ['generate systemd --new --name web'];
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    after: flag.stringArray({ summary: 'Units that have to be started before' }),
    'container-prefix': flag.string({ default: 'container', summary: 'What container units are called before the name' }),
    env: flag.stringArray({ short: 'e', summary: 'Variable for the units, as name=value' }),
    files: flag.bool({ short: 'f', summary: 'Write files, named after the units, into the current directory' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    name: flag.bool({ short: 'n', summary: 'Use names, not IDs' }),
    new: flag.bool({ summary: 'Make a new container at each start' }),
    'no-header': flag.bool({ summary: 'Leave out the header' }),
    'pod-prefix': flag.string({ default: 'pod', summary: 'What pod units are called before the name' }),
    requires: flag.stringArray({ summary: 'Units that have to run', complete: 'containers' }),
    'restart-policy': flag.string({ default: 'on-failure', summary: 'When systemd starts it again' }),
    'restart-sec': flag.uint({ summary: 'Seconds before systemd starts it again' }),
    separator: flag.string({ default: '-', summary: 'What stands between prefix and name' }),
    'start-timeout': flag.uint({ summary: 'Seconds that systemd waits for the start' }),
    'stop-timeout': flag.uint({ defaultText: '10', summary: 'Seconds that systemd waits for the stop' }),
    template: flag.bool({ summary: 'Make unit templates' }),
    time: flag.uint({ short: 't', aliases: ['timeout'], hidden: true, summary: 'Seconds to wait before killing' }),
    wants: flag.stringArray({ summary: 'Units that should run' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
