import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { buildAndReport } from '../../build-image.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { buildFlags } from '../../flags/build.ts';
import type { BuildFlagValues } from '../../flags/build-options.ts';

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

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahBuild);
    if ((changed('rm') || changed('force-rm')) && !changed('layers') && !changed('no-cache'))
      throw new SelkieError("'rm' and 'force-rm' can only be set with either 'layers' or 'no-cache'");
    const layers = changed('layers') ? flags.layers : /^(1|t|true)$/i.test(process.env['BUILDAH_LAYERS'] ?? '');
    const format = changed('format') ? flags.format : process.env['BUILDAH_FORMAT'] || flags.format;
    const others = { format, pull: flags.pull || 'missing', layers, squash: false, 'squash-all': flags.squash, load: false, progress: '' };
    await buildAndReport(this, { flags: { ...flags, ...others } as BuildFlagValues, args, changed: changed as never }, 'buildah');
  }
}
