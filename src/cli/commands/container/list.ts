import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerList extends SelkieCommand {
  static override summary = 'List containers';
  static override description = 'Running ones only, unless --all or a filter says otherwise.';
  static override examples = ['ps', "ps --all --format 'table {{.Names}} {{.Status}}'"];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    external: flag.bool({ aliases: ['storage'], summary: "Containers of other tools too, such as buildah's" }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    last: flag.int({ short: 'n', default: -1, summary: 'Only this many of the newest, in any state' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
    noheading: flag.bool({ summary: 'Leave out the headings' }),
    ns: flag.bool({ aliases: ['namespace'], summary: 'Show namespaces' }),
    pod: flag.bool({ short: 'p', summary: 'Show the pod' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
    size: flag.bool({ short: 's', summary: 'Show sizes' }),
    sort: flag.string({
      valueName: 'choice',
      summary: 'In the order of this column',
      choices: ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status'],
      strict: true,
    }),
    sync: flag.bool({ summary: "Ask the runtime for each container's state" }),
    watch: flag.uint({ short: 'w', summary: 'Show again after this many seconds' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
