import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { buildFlags } from '../../flags/build.ts';

export default class FarmBuild extends SelkieCommand {
  static override summary = 'Build an image on several machines';
  static override description = 'Each machine of the farm builds for its own platform; the results become one list, which is pushed.';
  static override examples = ['farm build --farm mine -t quay.io/me/app .'];
  static override usage = '[CONTEXT]';
  static override flags = {
    ...omit(
      buildFlags,
      'all-platforms',
      'arch',
      'compress',
      'cw',
      'disable-content-trust',
      'logsplit',
      'manifest',
      'os',
      'output',
      'platform',
      'sign-by',
      'stdin',
      'variant',
    ),
    cleanup: flag.bool({ summary: 'Remove what was built on each machine afterwards' }),
    'disable-content-trust': flag.bool({ hidden: true, summary: 'Accepted for scripts written for docker; without effect' }),
    farm: flag.string({ summary: 'Farm to build on' }),
    local: flag.bool({ short: 'l', default: true, summary: 'Build on this machine too' }),
    platforms: flag.strings({ summary: 'Platforms to build for' }),
  };
  static override args: Arguments = { max: 1, complete: ['directories'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
