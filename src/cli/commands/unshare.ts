import { isRootless } from '../../config/paths.ts';
import { SelkieError } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { openNetworkStore, storeOptions } from '../engine.ts';
import { flag } from '../flag.ts';
import { runUnshared } from '../run-unshared.ts';

export default class Unshare extends SelkieCommand {
  static override summary = 'Run a command in the user namespace where rootless containers live';
  static override description =
    'Inside, the caller is root and the subordinate ids are mapped, so that files of containers look as they do for containers. Without a command it is the shell.';
  static override examples = ['unshare cat /proc/self/uid_map', 'unshare chown 0:0 dir'];
  static override usage = '[COMMAND [ARG...]]';
  static override flags = {
    'rootless-netns': flag.bool({ summary: 'Join the network namespace of rootless bridges' }),
  };
  static override args: Arguments = { complete: ['files'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(Unshare);
    if (!isRootless()) throw new SelkieError('please use unshare with rootless');
    const shell = process.env['SHELL'];
    const command = args.length > 0 ? args : shell === undefined ? [] : [shell];
    if (command.length === 0) throw new SelkieError('no command specified and no $SHELL specified');
    const { graphRoot, runRoot } = storeOptions(this.globals);
    const run = (line: string[]): number => runUnshared(line, { CONTAINERS_GRAPHROOT: graphRoot, CONTAINERS_RUNROOT: runRoot });
    if (!flags['rootless-netns']) {
      this.exitCode = run(command);
      return;
    }
    const { withRootlessNetns } = require('../../network/rootless-netns.ts') as typeof import('../../network/rootless-netns.ts');
    this.exitCode = withRootlessNetns(openNetworkStore(this.globals), command, run);
  }
}
