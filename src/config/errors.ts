import { SelkieError } from '../errors.ts';

/** A configuration file, or one merged into it, cannot be used. */
export class ConfigurationError extends SelkieError {}

/** Such a file is containers.conf: podman does not start then. */
export class ContainersConfError extends ConfigurationError {}
