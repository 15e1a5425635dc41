import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { findInPath, firstExecutable } from '../os/executables.ts';
import { loadContainersConf } from './containers-conf-load.ts';

/** A program that selkie calls is not there. */
export class MissingProgram extends SelkieError {
  constructor(
    readonly program: string,
    readonly searched: readonly string[],
  ) {
    const hint =
      'To resolve this error, set the helper_binaries_dir key in the `[engine]` section of containers.conf to the directory containing your helper binaries.';
    const where =
      searched.length === 0
        ? `could not find "${program}" because there are no helper binary directories configured.`
        : `could not find "${program}" in one of [${searched.join(' ')}].`;
    const debianPackage = packages[program];
    super(`${where}  ${hint}${debianPackage === undefined ? '' : ` It is in the Debian package ${debianPackage}.`}`);
  }
}

const packages: Record<string, string> = {
  netavark: 'netavark',
  'aardvark-dns': 'aardvark-dns',
  pasta: 'passt',
  slirp4netns: 'slirp4netns',
  rootlessport: 'podman',
  catatonit: 'catatonit',
  conmon: 'conmon',
  crun: 'crun',
  runc: 'runc',
  newuidmap: 'uidmap',
  newgidmap: 'uidmap',
  'fuse-overlayfs': 'fuse-overlayfs',
};

/** Finds a helper as containers.conf says: its helper_binaries_dir, then PATH.  @throws MissingProgram */
export function findHelperBinary(name: string): string {
  const directories = helperDirectories();
  const found = firstExecutable(directories.map((directory) => join(directory, name))) ?? findInPath(name);
  if (found === undefined) throw new MissingProgram(name, directories);
  return found;
}

function helperDirectories(): string[] {
  const directories = loadContainersConf().engine.helper_binaries_dir.map((directory) =>
    directory === '$BINDIR' || directory.startsWith('$BINDIR/')
      ? join(dirname(realpathSync(process.execPath)), directory.slice('$BINDIR'.length))
      : directory,
  );
  const first = process.env['CONTAINERS_HELPER_BINARY_DIR'];
  return first === undefined ? directories : [first, ...directories];
}

/** conmon's path: the given one or the first of conmon_path, then PATH.  @throws MissingProgram */
export function findConmon(given?: string): string {
  const configured = given ? [given] : loadContainersConf().engine.conmon_path;
  const found = firstExecutable(configured) ?? findInPath('conmon');
  if (found === undefined) throw new MissingProgram('conmon', configured);
  return found;
}

/** The init program for containers (catatonit): init_path of either section, then the helpers' places.  @throws MissingProgram */
export function findInitBinary(): string {
  const conf = loadContainersConf();
  const configured = conf.containers.init_path || conf.engine.init_path;
  if (configured) return configured;
  return firstExecutable(['/usr/libexec/podman/catatonit']) ?? findHelperBinary('catatonit');
}
