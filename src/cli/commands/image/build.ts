import { existsSync, statSync, writeFileSync } from 'node:fs';
import type { BuildReport } from '../../../build/build-options.ts';
import { NotYet, SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { buildFlags } from '../../flags/build.ts';
import { toBuildOptions } from '../../flags/build-options.ts';
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
    const context = contextDirectory(args[0], flags.file);
    const options = toBuildOptions(flags, changed, context, buildahVersion);
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

/** The current directory unless one is given; with `-f` and no context there is none. */
function contextDirectory(argument: string | undefined, files: readonly string[] | undefined): string | undefined {
  if (argument === undefined) return files?.length ? undefined : '.';
  if (argument === '-' || /^(https?|git|ssh):\/\/|^git@|\.git$/.test(argument)) throw new NotYet(`a build context ${argument}`);
  if (!existsSync(argument)) throw new SelkieError(`context must be a directory: ${JSON.stringify(argument)}`);
  if (!statSync(argument).isDirectory()) throw new SelkieError(`context must be a directory: ${JSON.stringify(argument)}`);
  return argument;
}
