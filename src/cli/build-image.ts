import { writeFileSync } from 'node:fs';
import type { BuildReport } from '../build/build-options.ts';
import { type BuildPlatform, buildForPlatforms } from '../build/build-platforms.ts';
import { SelkieError } from '../errors.ts';
import { type ContextRole, openBuildContext } from './build-context.ts';
import { readBuildFiles } from './build-files.ts';
import type { ParsedCommand, SelkieCommand } from './command.ts';
import { openImages } from './engine.ts';
import type { buildFlags } from './flags/build.ts';
import { type BuildFlagValues, toBuildOptions, wantedPlatforms } from './flags/build-options.ts';
import { toDecryption } from './flags/encryption.ts';
import { copyProgress } from './output/copy-progress.ts';
import { buildahVersion } from './program.ts';

/** What podman's and buildah's `build` share: the build of one image or several, steps shown, the ids printed at the end. */
export async function buildAndReport(
  command: SelkieCommand,
  parsed: Pick<ParsedCommand<typeof buildFlags>, 'args' | 'changed'> & { flags: BuildFlagValues },
  role: ContextRole,
): Promise<void> {
  const { args, changed } = parsed;
  const flags = { ...parsed.flags, quiet: parsed.flags.quiet || (parsed.flags.output ?? []).includes('-') };
  const files = flags.file ?? [];
  using context = await openBuildContext(args[0], files, role);
  const containerfile = await readBuildFiles({
    files: files.length > 0 || !context.file ? files : [context.file],
    context: context.directory,
    from: flags.from || undefined,
    cppFlags: flags['cpp-flag'] ?? [],
  });
  const options = toBuildOptions({ flags, changed, context: context.directory, containerfile, version: buildahVersion });
  const decryption = await toDecryption(flags['decryption-key'], 'unable to obtain decrypt config: invalid decryption keys');
  if (decryption) options.pull.decryption = decryption;
  const platforms = flags['all-platforms'] ? [] : wantedPlatforms(flags, changed, options.buildArgs);
  if (platforms.length > 1 && flags.iidfile)
    throw new SelkieError(`building multiple images, but iidfile ${JSON.stringify(flags.iidfile)} can only be used to store one image ID`);
  using images = openImages(command.globals);
  const results = await buildForPlatforms(images, options, {
    platforms,
    manifest: flags.manifest || undefined,
    report: (platform) => reportOf(command, flags.quiet, logFileOf(flags, platform)),
  });
  if (flags['sign-by']) await signResults(images, results, flags['sign-by']);
  if (flags.iidfile) writeFileSync(flags.iidfile, `sha256:${results[0]!.imageId}`);
  else for (const { imageId } of results) command.out(imageId);
}

async function signResults(
  images: ReturnType<typeof openImages>,
  results: readonly { imageId: string }[],
  fingerprint: string,
): Promise<void> {
  const { signStoredImage } = await import('../image/sign-stored.ts');
  const { gpgSigner } = await import('../image/signature/signer.ts');
  for (const { imageId } of results) await signStoredImage(images, imageId, [gpgSigner(fingerprint)]);
}

const logFileOf = (flags: BuildFlagValues, { os, architecture }: BuildPlatform): string | undefined =>
  flags.logfile && flags.logsplit ? `${flags.logfile}_${os}_${architecture}` : flags.logfile || undefined;

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
