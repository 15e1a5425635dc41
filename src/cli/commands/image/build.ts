import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { buildAndReport } from '../../build-image.ts';
import { SelkieCommand } from '../../command.ts';
import { buildFlags } from '../../flags/build.ts';

export default class ImageBuild extends SelkieCommand {
  static override summary = 'Build an image from a Containerfile';
  static override description =
    'The context is a directory, a git repository or the address of a tar archive; without one it is the current directory.';
  static override examples = ['build -t app .', 'build -f Containerfile.dev --target test .'];
  static override usage = '[CONTEXT]';
  static override flags = { ...buildFlags };
  static override args: Arguments = { max: 1, complete: ['directories'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImageBuild);
    // Podman's --squash makes one layer of the steps: they get no images of their own.
    const layers = flags.squash || flags['squash-all'] ? false : flags.layers;
    if (flags.squash && flags['squash-all']) throw new SelkieError('cannot specify --squash-all with --squash');
    await buildAndReport(this, { flags: { ...flags, layers }, args, changed }, 'podman');
  }
}
