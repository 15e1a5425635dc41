import { SelkieError } from '../errors.ts';

export class ImageUnknown extends SelkieError {
  constructor(readonly image: string) {
    super(`locating image with ID ${JSON.stringify(image)}: image not known`);
  }
}

export class LayerUnknown extends SelkieError {
  constructor(readonly layer: string) {
    super(`${layer}: layer not known`);
  }
}

export class ContainerUnknown extends SelkieError {
  constructor(readonly container: string) {
    super(`${container}: container not known`);
  }
}

export class BigDataUnknown extends SelkieError {
  constructor(
    readonly owner: string,
    readonly key: string,
    readonly path: string,
  ) {
    super(`open ${path}: no such file or directory`);
  }
}

export class ContainerNameInUse extends SelkieError {
  constructor(
    readonly containerName: string,
    readonly holder: string,
  ) {
    super(
      `the container name ${JSON.stringify(containerName)} is already in use by ${holder}. You have to remove that container to be able to reuse that name: that name is already in use`,
    );
  }
}

export class DuplicateId extends SelkieError {
  constructor(readonly id: string) {
    super(`${id}: that ID is already in use`);
  }
}

export class DuplicateName extends SelkieError {
  constructor(readonly taken: string) {
    super(`${taken}: that name is already in use`);
  }
}

/** The same image id may only ever stand for the same layers. */
export class ImageLayerMismatch extends SelkieError {
  constructor(readonly image: string) {
    super(`image with ID ${JSON.stringify(image)} already exists, but uses a different top layer`);
  }
}

export class ImageInUse extends SelkieError {
  constructor(
    readonly image: string,
    readonly container: string,
  ) {
    super(`image used by ${container}: image is in use by a container`);
  }
}

export class LayerInUse extends SelkieError {
  constructor(
    readonly layer: string,
    readonly user: string,
    reason: 'layer has children' | 'layer is in use by an image' | 'layer is in use by a container',
  ) {
    super(`layer ${layer} used by ${user}: ${reason}`);
  }
}

/** A change was asked of an additional (read-only) store. */
export class StoreReadOnly extends SelkieError {
  constructor(readonly what: string) {
    super(`${what}: called a write method on a read-only store`);
  }
}

/** A file of the store that cannot be what it says it is. */
export class StoreDamaged extends SelkieError {
  constructor(
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`loading ${JSON.stringify(path)}: ${problem}`, options);
  }
}

export class MountFailed extends SelkieError {
  constructor(
    readonly target: string,
    mountData: string,
    options: ErrorOptions & { cause: Error },
  ) {
    super(`creating overlay mount to ${target}, mount_data=${JSON.stringify(mountData)}: ${options.cause.message}`, options);
  }
}

export class StoreInUse extends SelkieError {
  constructor(readonly mounted: readonly string[]) {
    super('a layer is mounted: layer is in use by a container');
  }
}
