import { writeFileSync } from 'node:fs';
import type { BuildReport } from '../build/build-options.ts';
import { openBuildContext } from './build-context.ts';
import type { ParsedCommand, SelkieCommand } from './command.ts';
import { openImages } from './engine.ts';
import type { buildFlags } from './flags/build.ts';
import { type BuildFlagValues, toBuildOptions } from './flags/build-options.ts';
import { toDecryption } from './flags/encryption.ts';
import { copyProgress } from './output/copy-progress.ts';
import { buildahVersion } from './program.ts';

/** What podman's and buildah's `build` share: the build of one image, its steps shown, its id printed at the end. */
export async function buildAndReport(
  command: SelkieCommand,
  { flags, args, changed }: Pick<ParsedCommand<typeof buildFlags>, 'args' | 'changed'> & { flags: BuildFlagValues },
): Promise<void> {
  using context = await openBuildContext(args[0], flags.file);
  const options = toBuildOptions(flags, changed, context.directory, buildahVersion);
  const decryption = await toDecryption(flags['decryption-key'], 'unable to obtain decrypt config: invalid decryption keys');
  if (decryption) options.pull.decryption = decryption;
  const { buildImage } = await import('../build/build.ts');
  using images = openImages(command.globals);
  const { imageId } = await buildImage(images, options, reportOf(command, flags.quiet, flags.logfile));
  if (flags.iidfile) writeFileSync(flags.iidfile, `sha256:${imageId}`);
  command.out(imageId);
}

/** Steps go to standard output, or to a log file where there is one; with --quiet only the image's id is shown. */
function reportOf(command: SelkieCommand, quiet: boolean, logFile: string | undefined): BuildReport {
  if (logFile) writeFileSync(logFile, '');
  const log = (text: string): void => (!logFile ? undefined : writeFileSync(logFile, `${text}\n`, { flag: 'a' }));
  const say =
    (print: (text: string) => void) =>
    (text: string): void => {
      if (logFile) log(text);
      else if (!quiet) print(text);
    };
  return {
    out: say((text) => command.out(text)),
    err: say((text) => command.err(text)),
    progress: copyProgress({ quiet }),
    stdio: quiet ? 'ignore' : logFile || 'inherit',
  };
}
