import { writeFileSync } from 'node:fs';
import type { BuildReport } from '../../../build/build-options.ts';
import type { Arguments } from '../../arity.ts';
import { openBuildContext } from '../../build-context.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { buildFlags } from '../../flags/build.ts';
import { toBuildOptions } from '../../flags/build-options.ts';
import { toDecryption } from '../../flags/encryption.ts';
import { copyProgress } from '../../output/copy-progress.ts';
import { buildahVersion } from '../../program.ts';

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
    using context = await openBuildContext(args[0], flags.file);
    const options = toBuildOptions(flags, changed, context.directory, buildahVersion);
    const decryption = await toDecryption(flags['decryption-key'], 'unable to obtain decrypt config: invalid decryption keys');
    if (decryption) options.pull.decryption = decryption;
    const { buildImage } = await import('../../../build/build.ts');
    using images = openImages(this.globals);
    const { imageId } = await buildImage(images, options, this.report(flags.quiet, flags.logfile));
    if (flags.iidfile) writeFileSync(flags.iidfile, `sha256:${imageId}`);
    this.out(imageId);
  }

  /** Steps go to standard output, or to a log file where there is one; with --quiet only the image's id is shown. */
  private report(quiet: boolean, logFile: string | undefined): BuildReport {
    if (logFile) writeFileSync(logFile, '');
    const log = (text: string): void => (!logFile ? undefined : writeFileSync(logFile, `${text}\n`, { flag: 'a' }));
    const say =
      (print: (text: string) => void) =>
      (text: string): void => {
        if (logFile) log(text);
        else if (!quiet) print(text);
      };
    return {
      out: say((text) => this.out(text)),
      err: say((text) => this.err(text)),
      progress: copyProgress({ quiet }),
      stdio: quiet ? 'ignore' : logFile || 'inherit',
    };
  }
}
