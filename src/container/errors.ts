import { SelkieError } from '../errors.ts';

/** podman wraps a look-up's failure differently by command; this is the sentinel's own text. */
export class NoSuchContainer extends SelkieError {
  constructor(readonly nameOrId: string) {
    super(`no container with name or ID "${nameOrId}" found: no such container`);
  }
}

/** Neither selkie nor the store knows it. */
export class NoStoredContainer extends SelkieError {
  constructor(readonly nameOrId: string) {
    super(`no container with ID or name "${nameOrId}" found: no such container`);
  }
}

/** `--latest` where there is no container at all. */
export class NoContainers extends SelkieError {
  constructor() {
    super('no such container');
  }
}

export class AmbiguousId extends SelkieError {
  constructor(readonly nameOrId: string) {
    super(`more than one result for container ID ${nameOrId}: container already exists`);
  }
}

export class NameInUse extends SelkieError {
  constructor(
    readonly containerName: string,
    readonly holder: string,
    what = 'container',
  ) {
    super(
      `creating container storage: the container name "${containerName}" is already in use by ${holder}. You have to remove that container to be able to reuse that name: that name is already in use, or use --replace to instruct Podman to do so.`,
    );
    this.what = what;
  }
  readonly what: string;
}

/** The container's state forbids what was asked. */
export class WrongState extends SelkieError {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}: container state improper`, options);
  }
}

/** The container is (already) stopped: callers like `stop --all` pass over it. */
export class ContainerStopped extends SelkieError {
  constructor(message: string) {
    super(`${message}: container is stopped`);
  }
}

export class DiskFull extends SelkieError {
  constructor(path: string, cause: unknown) {
    super(`writing ${path}: no space left on device`, { cause });
  }
}

/** The process is gone, and so is conmon, without a word about how it ended. */
export class ConmonKilled extends SelkieError {
  constructor(readonly containerId: string) {
    super(`container ${containerId} conmon exited prematurely, exit code could not be retrieved: conmon process killed`);
  }
}

export class ContainerRemoved extends SelkieError {
  constructor(readonly containerId: string) {
    super(`container ${containerId} has already been removed`);
  }
}

export class InvalidContainerArgument extends SelkieError {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}: invalid argument`, options);
  }
}

/** A step that another container stands in the way of. */
export class HasDependents extends SelkieError {
  constructor(
    readonly containerId: string,
    readonly dependents: string[],
  ) {
    super(
      `container ${containerId} has dependent containers which must be removed before it: ${dependents.join(', ')}: container already exists`,
    );
  }
}

export class RuntimeFailed extends SelkieError {}
