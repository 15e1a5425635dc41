import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { buildFlags } from '../../flags/build.ts';

export default class BuildahBuild extends SelkieCommand {
  static override summary = 'Build an image from a Containerfile';
  static override examples = ['build -t app .'];
  static override usage = '[CONTEXT]';
  static override flags = {
    ...omit(buildFlags, 'force-rm', 'layers', 'load', 'progress', 'pull', 'squash-all'),
    'force-rm': flag.bool({ summary: 'Remove intermediate containers even when the build fails' }),
    layers: flag.bool({ summary: 'Keep an image of each step, and use those of earlier builds' }),
    pull: flag.string({
      noOptDefault: 'always',
      summary: 'When to pull: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    runtime: flag.string({ defaultText: '"crun"', valueName: 'path', summary: 'OCI runtime: a name or a path' }),
  };
  static override args: Arguments = { complete: ['directories'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
