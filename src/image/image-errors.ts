import { SelkieError } from '../errors.ts';

/** No local image answers to the name. */
export class ImageNotKnown extends SelkieError {
  constructor(
    readonly reference: string,
    options?: ErrorOptions & { exitCode?: number; reason?: string },
  ) {
    super(`${options?.reason ?? reference}: image not known`, options);
  }
}

/** Removal was refused because a container was made from the image. */
export class ImageUsedByContainer extends SelkieError {
  constructor(
    readonly imageId: string,
    readonly containerId: string,
    options?: ErrorOptions,
  ) {
    super(
      `image used by ${containerId}: image is in use by a container: consider listing external containers and force-removing image`,
      options,
    );
  }
}

/** The name exists, but is not one of the image's names. */
export class TagNotKnown extends SelkieError {
  constructor(readonly tag: string) {
    super(`${tag}: tag not known`);
  }
}

/** A manifest list was asked for, and the name leads to a plain image. */
export class NotAManifestList extends SelkieError {
  constructor(readonly reference: string) {
    super(`${reference}: image is not a manifest list`);
  }
}

/** The record is there, but a file of the image's that it names is not. */
export class ImageItemMissing extends SelkieError {
  constructor(
    readonly id: string,
    readonly item: string,
  ) {
    super(
      `locating item named ${JSON.stringify(item)} for image with ID ${JSON.stringify(id)} (consider removing the image to resolve the issue): file does not exist`,
    );
  }
}

/** The record is there, but its manifest or config cannot be read. */
export class ImageCorrupted extends SelkieError {
  constructor(
    readonly reference: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Image ${reference} exists in local storage but may be corrupted (remove the image to resolve the issue): ${reason}`, { cause });
  }
}
