import { changeConnections } from '../../../../config/connections.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionRemove extends SelkieCommand {
  static override summary = 'Forget connections';
  static override examples = ['system connection remove mine'];
  static override usage = 'NAME';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every connection' }),
    force: flag.bool({ short: 'f', hidden: true, summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { min: 1, max: 1, unless: ['all'], complete: ['connections'] };

  override run(): void {
    const { flags, args } = this.parse(SystemConnectionRemove);
    changeConnections(({ Connection, Farm }) => {
      const names = flags.all ? Object.keys(Connection.Connections ?? {}) : args;
      for (const name of names) {
        delete Connection.Connections?.[name];
        if (Connection.Default === name) delete Connection.Default;
        for (const [farm, members] of Object.entries(Farm.List ?? {})) Farm.List![farm] = members.filter((member) => member !== name);
      }
    });
  }
}
