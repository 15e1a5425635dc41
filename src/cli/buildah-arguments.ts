import { SelkieError } from '../errors.ts';

/** buildah reads no flags behind the first argument, and refuses what looks like one there. @throws SelkieError */
export function refuseLateFlags(args: readonly string[]): void {
  const late = args.slice(1).find((argument) => argument.startsWith('-'));
  if (late !== undefined) throw new SelkieError(`no options (${late}) can be specified after the image or container name`);
}
