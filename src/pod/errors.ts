import { SelkieError } from '../errors.ts';

/** By name, ID or the beginning of one. */
export class NoSuchPod extends SelkieError {
  constructor(readonly nameOrId: string) {
    super(`no pod with name or ID ${nameOrId} found: no such pod`);
  }
}

/** `--latest` where there is no pod at all. */
export class NoPods extends SelkieError {
  constructor() {
    super('no such pod');
  }
}

export class AmbiguousPodId extends SelkieError {
  constructor(readonly nameOrId: string) {
    super(`more than one result for pod "${nameOrId}": container already exists`);
  }
}

export class PodNameInUse extends SelkieError {
  constructor(readonly podName: string) {
    super(`adding pod to state: name "${podName}" is in use: pod already exists`);
  }
}

/** What was asked of a new pod contradicts itself. */
export class InvalidPod extends SelkieError {
  constructor(message: string) {
    super(`${message}: invalid pod spec`);
  }
}

/** Some containers of a pod could not be removed; the pod is still there. */
export class PodNotRemoved extends SelkieError {
  constructor(
    readonly podId: string,
    readonly failures: readonly ContainerFailure[],
  ) {
    super(`not all containers could be removed from pod ${podId}: removing pod containers`);
  }
}

/** What went wrong with one container of a pod. */
export interface ContainerFailure {
  id: string;
  error: SelkieError;
}
