import { readConnections } from '../../../../config/connections.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../../output/report.ts';

export default class SystemConnectionList extends SelkieCommand {
  static override summary = 'List connections';
  static override examples = ['system connection list'];
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags } = this.parse(SystemConnectionList);
    const { Default, Connections = {} } = readConnections().Connection;
    const rows = Object.entries(Connections).map(([Name, connection]) => ({
      Name,
      ...connection,
      Default: Name === Default,
      ReadWrite: true,
    }));
    if (flags.quiet) {
      for (const { Name } of rows) this.out(Name);
    } else if (isJsonFormat(flags.format)) {
      this.out(prettyJson(rows));
    } else {
      const standard = '{{.Name}}	{{.URI}}	{{.Identity}}	{{.Default}}	{{.ReadWrite}}';
      const withAll = rows.map((row) => ({ Identity: '', TLSCert: '', TLSKey: '', TLSCA: '', IsMachine: false, ...row }));
      this.write(renderReport(withAll, { name: 'list', format: flags.format, standard, headings: plainHeadings }));
    }
  }
}

/** podman capitalizes no headings here. */
const plainHeadings = Object.fromEntries(
  ['Name', 'URI', 'Identity', 'Default', 'ReadWrite', 'TLSCert', 'TLSKey', 'TLSCA', 'IsMachine'].map((name) => [name, name]),
);
