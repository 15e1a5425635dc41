import { SelkieError } from '../errors.ts';

/** Text that is not `algorithm:hex` with a known algorithm and the right length. */
export class InvalidDigest extends SelkieError {
  constructor(readonly text: string) {
    super(`invalid checksum digest format: ${JSON.stringify(text.slice(0, 200))}`);
  }
}

/** Bytes that do not hash to what was promised for them. */
export class DigestMismatch extends SelkieError {
  constructor(
    readonly expected: string,
    readonly actual: string,
    what = 'blob',
  ) {
    super(`${what} does not match its digest: expected ${expected}, got ${actual}`);
  }
}

export class InvalidReference extends SelkieError {
  constructor(
    readonly text: string,
    reason: string,
  ) {
    super(reason);
  }
}

export class InvalidManifest extends SelkieError {}

/** A source has no such image: the manifest, tag or record is not there. */
export class ManifestNotFound extends SelkieError {}

/** A place that answers, a registry, a layout or a store, has no image of that name. skopeo's exit code tells. */
export class ImageMissing extends ManifestNotFound {}

/** `transport:name` whose transport is unknown or whose name is not valid in it. */
export class InvalidImageName extends SelkieError {
  constructor(
    readonly imageName: string,
    reason: string,
  ) {
    super(reason);
  }
}

/** The signature policy does not allow the image to be used. */
export class PolicyRejected extends SelkieError {}

/** The destination refuses the manifest type that was put; another one may be tried. */
export class ManifestTypeRejected extends SelkieError {}

export class NoMatchingPlatform extends SelkieError {
  constructor(
    readonly os: string,
    readonly architecture: string,
    readonly variant: string | undefined,
    /** What the list is called in its format. */
    list: 'image index' | 'manifest list' = 'image index',
  ) {
    super(
      `no image found in ${list} for architecture ${JSON.stringify(architecture)}, variant ${JSON.stringify(variant ?? '')}, OS ${JSON.stringify(os)}`,
    );
  }
}

/** An error of ours with what was being done before its text; any other as it is. */
export function wrapped(what: string, cause: unknown): unknown {
  if (!(cause instanceof SelkieError)) return cause;
  return new SelkieError(`${what}: ${cause.message}`, { cause, exitCode: cause.exitCode });
}

/** Whether it failed, at the root, because there is no such image. */
export function isImageMissing(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ImageMissing) return true;
  return false;
}
