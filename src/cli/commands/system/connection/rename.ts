import { changeConnections, NoSuchConnection } from '../../../../config/connections.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';

export default class SystemConnectionRename extends SelkieCommand {
  static override summary = 'Give a connection another name';
  static override examples = ['system connection rename mine yours'];
  static override usage = 'OLD NEW';
  static override args: Arguments = { min: 2, max: 2, complete: ['connections', 'none'] };

  override run(): void {
    const [before, after] = this.parse(SystemConnectionRename).args as [string, string];
    changeConnections(({ Connection, Farm }) => {
      const connection = Connection.Connections?.[before];
      if (!connection) throw new NoSuchConnection(before);
      delete Connection.Connections![before];
      Connection.Connections![after] = connection;
      if (Connection.Default === before) Connection.Default = after;
      for (const [farm, members] of Object.entries(Farm.List ?? {})) {
        Farm.List![farm] = members.map((member) => (member === before ? after : member));
      }
    });
  }
}
