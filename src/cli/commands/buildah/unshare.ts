import { isRootless } from '../../../config/paths.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { runUnshared } from '../../run-unshared.ts';

export default class BuildahUnshare extends SelkieCommand {
  static override summary = 'Run a command in the user namespace where rootless containers live';
  static override examples = ['unshare buildah mount mybuilder'];
  static override flags = {
    mount: flag.strings({
      short: 'm',
      defaultText: '[]',
      summary: 'Container to mount, its path in a variable: NAME=CONTAINER',
      complete: 'none',
    }),
  };
  static override args: Arguments = {};
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(BuildahUnshare);
    if (!isRootless()) throw new SelkieError('please use unshare with rootless');
    const shell = process.env['SHELL'];
    const command = args.length > 0 ? args : shell === undefined ? [] : [shell];
    if (command.length === 0) throw new SelkieError('no command specified and no $SHELL specified');
    using store = openStore(this.globals);
    const { graphRoot, runRoot } = store.options;
    const variables: Record<string, string> = { CONTAINERS_GRAPHROOT: graphRoot, CONTAINERS_RUNROOT: runRoot };
    const mounted: string[] = [];
    try {
      for (const mount of flags.mount) {
        const at = mount.indexOf('=');
        const container = mount.slice(at + 1);
        if (at === 0 || container === '') throw new SelkieError(`invalid mount option ${JSON.stringify(mount)}`);
        variables[at < 0 ? container : mount.slice(0, at)] = store.mount(container);
        mounted.push(container);
      }
      this.exitCode = runUnshared(command, variables);
    } finally {
      for (const container of mounted) store.unmount(container);
    }
  }
}
