import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineList extends MachineCommand {
  static override summary = 'List machines';
  static override examples = ['machine list'];
  static override flags = {
    'all-providers': flag.bool({ summary: 'Machines of every provider' }),
    format: flag.string({
      default: '{{range .}}{{.Name}}\t{{.VMType}}\t{{.Created}}\t{{.LastUp}}\t{{.CPUs}}\t{{.Memory}}\t{{.DiskSize}}\n{{end -}}',
      summary: '"json", or a Go template',
    }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { max: 0 };
}
