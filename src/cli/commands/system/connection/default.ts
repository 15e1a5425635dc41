import { changeConnections, NoSuchConnection } from '../../../../config/connections.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';

export default class SystemConnectionDefault extends SelkieCommand {
  static override summary = 'Choose the connection that is used when none is named';
  static override examples = ['system connection default mine'];
  static override usage = 'NAME';
  static override args: Arguments = { min: 1, max: 1, complete: ['connections'] };

  override run(): void {
    const name = this.parse(SystemConnectionDefault).args[0]!;
    changeConnections(({ Connection }) => {
      if (!Connection.Connections?.[name]) throw new NoSuchConnection(name);
      Connection.Default = name;
    });
  }
}
