import { readConnections } from '../../../config/connections.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';

export default class FarmList extends SelkieCommand {
  static override summary = 'List farms';
  static override examples = ['farm list'];
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags } = this.parse(FarmList);
    const { Default, List = {} } = readConnections().Farm;
    const rows = Object.entries(List).map(([Name, Connections]) => ({ Name, Connections, Default: Name === Default, ReadWrite: true }));
    if (isJsonFormat(flags.format)) {
      this.out(prettyJson(rows));
      return;
    }
    const headings = { Name: 'Name', Connections: 'Connections', Default: 'Default', ReadWrite: 'ReadWrite' };
    const standard = '{{.Name}}	{{.Connections}}	{{.Default}}	{{.ReadWrite}}';
    this.write(renderReport(rows, { name: 'list', format: flags.format, standard, headings }));
  }
}
