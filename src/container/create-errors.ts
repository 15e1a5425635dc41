import { SelkieError } from '../errors.ts';

/** A value of `create`, `run` or `update` that cannot be meant; nothing has been changed. */
export class InvalidOption extends SelkieError {}

/** What was asked for contradicts itself or the state it meets (libpod's "invalid argument"). */
export class InvalidArgument extends SelkieError {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}: invalid argument`, options);
  }
}

/** The whole configuration is inconsistent; podman wraps these in "invalid config provided". */
export class InvalidConfiguration extends SelkieError {
  constructor(message: string, options?: ErrorOptions) {
    super(`invalid config provided: ${message}`, options);
  }
}

/** Two mounts want the same place in the container. */
export class DuplicateDestination extends SelkieError {
  constructor(readonly destination: string) {
    super(`${destination}: duplicate mount destination`);
  }
}
