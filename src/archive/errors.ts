import { SelkieError } from '../errors.ts';

/** A tar stream that is not one, in the words of Go's archive/tar; `detail` says what and where. */
export class InvalidTar extends SelkieError {
  constructor(
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`archive/tar: invalid tar header (${detail})`, options);
  }
}

/** The stream ended, or its compression broke off, in the middle of something. */
export class UnexpectedEnd extends SelkieError {
  constructor(readonly where: string) {
    super(`unexpected EOF: ${where}`);
  }
}

/** Compressed bytes that cannot be decompressed. */
export class CorruptCompression extends SelkieError {
  constructor(
    readonly format: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${format}: ${detail}`, options);
  }
}

/** An entry that would lie outside of the directory that it is unpacked into. */
export class Breakout extends SelkieError {
  constructor(
    readonly entry: string,
    readonly root: string,
  ) {
    super(`"${entry}" is outside of "${root}"`);
  }
}

/** An entry that the archive may hold but that cannot be made here: a type, an owner or an attribute. */
export class UnsupportedEntry extends SelkieError {
  constructor(
    readonly entry: string,
    reason: string,
  ) {
    super(`${entry}: ${reason}`);
  }
}

/** Two entries of the same name: a layer that holds them cannot be put together again, and the field's tools refuse it. */
export class DuplicatePath extends SelkieError {
  constructor(readonly entry: string) {
    super(`duplicates of file paths not supported: "${entry}"`);
  }
}

/** A file of a layer is not the one that was unpacked. */
export class FileIntegrityFailed extends SelkieError {
  constructor(readonly entry: string) {
    super(`file integrity checksum failed for "${entry}"`);
  }
}

/** The tar-split file of a layer is damaged. */
export class InvalidTarSplit extends SelkieError {
  constructor(
    readonly path: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${detail}`, options);
  }
}

/** The unpacking helper gave up; the layer's directory holds an unfinished tree. */
export class UnpackFailed extends SelkieError {
  constructor(
    readonly reason: string,
    readonly status: string,
    options?: ErrorOptions,
  ) {
    super(`unpacking failed (error: ${status}; output: ${reason})`, options);
  }
}
