import { SelkieError } from '../../errors.ts';

export class TooManyLayers extends SelkieError {
  constructor() {
    super('max depth exceeded');
  }
}

/** A layer that another is built on has no files. */
export class LayerFilesMissing extends SelkieError {
  constructor(readonly path: string) {
    super(`stat ${path}: no such file or directory`);
  }
}

/** A layer that another is to be mounted upon is not where it should be. */
export class LayerMissing extends SelkieError {
  constructor(readonly path: string) {
    super(`can't stat (or find?) lower layer ${JSON.stringify(path)}: no such file or directory`);
  }
}

/** The mount program of storage.conf (fuse-overlayfs) could not mount. */
export class MountProgramFailed extends SelkieError {
  constructor(
    readonly program: string,
    readonly output: string,
    exit: string,
  ) {
    super(`using mount program ${program}: ${output || '<stderr empty>'}: ${exit}`);
  }
}

/** A file's owner has no place in the mappings asked for. */
export class IdNotMapped extends SelkieError {
  constructor(
    readonly id: number,
    readonly path: string,
  ) {
    super(`potentially insufficient UIDs or GIDs available in user namespace: no mapping for id ${id} of ${JSON.stringify(path)}`);
  }
}

/** A new layer's root is to belong to ids that our own user namespace does not have. */
export class OwnerNotMapped extends SelkieError {
  constructor(
    readonly uid: number,
    readonly gid: number,
    readonly path: string,
  ) {
    super(
      `potentially insufficient UIDs or GIDs available in user namespace (requested ${uid}:${gid} for ${path}): ` +
        `Check /etc/subuid and /etc/subgid if configured locally and run "podman system migrate": chown ${path}: invalid argument`,
    );
  }
}

export class CopyFailed extends SelkieError {
  constructor(
    readonly from: string,
    readonly to: string,
    problem: string,
  ) {
    super(`copying layer ${JSON.stringify(from)} to ${JSON.stringify(to)}: ${problem}`);
  }
}
