import { basename } from 'node:path';
import type { ProgramName } from '../config/globals.ts';

/** The version of selkie itself. */
export const selkieVersion = '0.1.0';

/** The release of buildah whose behaviour is followed; images name it in a label. */
export const buildahVersion = '1.43.2';

const programs: readonly ProgramName[] = ['podman', 'buildah', 'skopeo'];

/**
 * Which program this process answers as: the one that it was called as. `argv0` is what the caller put there (a link's name), unlike
 * `execPath`, which has links resolved. A development run (`bun src/main.ts`) is selkie.
 */
export function programName(argv0 = process.argv0): ProgramName {
  const base = basename(argv0);
  return programs.find((name) => base === name) ?? 'selkie';
}

/** What `--version` prints. Called as one of the originals it names the release whose behaviour is followed, which scripts compare. */
export function versionText(program: ProgramName): string {
  switch (program) {
    case 'podman':
      return 'podman version 5.8.6';
    case 'buildah':
      return `buildah version ${buildahVersion} (image-spec 1.1.1, runtime-spec 1.2.1)`;
    case 'skopeo':
      return 'skopeo version 1.22.0';
    case 'selkie':
      return `selkie version ${selkieVersion}`;
  }
}
