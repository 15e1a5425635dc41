import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemPrune extends SelkieCommand {
  static override summary = 'Remove what nothing uses';
  static override description =
    'Stopped containers, pods without running containers, networks that no container uses and images without a name; more with the flags.';
  static override examples = ['system prune', 'system prune --all --volumes'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Everything that nothing uses, not only what has no name' }),
    build: flag.bool({ summary: 'Containers that builds left behind too' }),
    external: flag.bool({ summary: 'Only containers of other tools' }),
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
    volumes: flag.bool({ summary: 'Volumes too' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
