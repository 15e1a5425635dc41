import { SelkieError } from '../errors.ts';

/** No network has this name or ID. */
export class NoSuchNetwork extends SelkieError {
  constructor(readonly network: string) {
    super(`unable to find network with name or ID ${network}: network not found`);
  }
}

/** A partial ID that fits several networks. */
export class AmbiguousNetwork extends SelkieError {
  constructor(readonly network: string) {
    super(`more than one result for network ID ${network}`);
  }
}

export class NetworkExists extends SelkieError {
  constructor(readonly network: string) {
    super(`network name ${network} already used: network already exists`);
  }
}

/** A network, or a container's wish for one, that cannot be: the text is podman's. */
export class InvalidNetwork extends SelkieError {}

/** Addresses cannot be allotted. */
export class IpamError extends SelkieError {
  constructor(reason: string, options?: ErrorOptions) {
    super(`IPAM error: ${reason}`, options);
  }
}

/** netavark, or a plugin of it, failed. */
export class NetavarkError extends SelkieError {
  constructor(
    readonly reason: string,
    readonly status?: number,
  ) {
    super(`netavark: ${reason}`);
  }
}

/** The shared network namespace of a rootless user cannot be used. */
export class RootlessNetnsError extends SelkieError {
  constructor(reason: string, options?: ErrorOptions) {
    super(`rootless netns: ${reason}`, options);
  }
}

/** A port mapping that cannot be parsed. */
export class InvalidPort extends SelkieError {}

export const invalidName = 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument';
export const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
