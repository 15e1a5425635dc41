import { migrate } from '../../../container/migrate.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class SystemMigrate extends SelkieCommand {
  static override summary = 'Bring containers up to date with a changed configuration';
  static override examples = ['system migrate'];
  static override flags = {
    'migrate-db': flag.bool({ summary: 'Move state from the BoltDB of older versions' }),
    'new-runtime': flag.string({ summary: 'OCI runtime for all containers' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(SystemMigrate);
    using engine = openContainers(this.globals);
    if (flags['migrate-db']) {
      this.write('No migration is necessary: backing database is already SQLite');
      return;
    }
    await migrate(engine, { newRuntime: flags['new-runtime'], onStopped: (id) => this.out(`stopped ${id}`) });
  }
}
