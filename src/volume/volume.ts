import { SelkieError } from '../errors.ts';

/** What is kept of a named volume; its files are in `<volume path>/NAME/_data`. */
export interface VolumeRecord {
  name: string;
  driver: 'local' | 'image';
  mountPoint: string;
  created: string;
  labels: Record<string, string>;
  options: Record<string, string>;
  uid: number;
  gid: number;
  anonymous: boolean;
  /** The directory was there before us, the other tool's: it is used, never deleted. */
  adopted: boolean;
  /** Not filled from an image yet. */
  needsCopyUp: boolean;
  /** Owner and mode are still to be taken from the container's directory. */
  needsChown: boolean;
  copiedUp: boolean;
  mountCount: number;
  /** Image-backed volumes: where the image is mounted while it is. */
  imageMount?: string;
}

export class NoSuchVolume extends SelkieError {
  constructor(
    readonly volumeName: string,
    detail = `no volume with name ${JSON.stringify(volumeName)} found`,
  ) {
    super(`${detail}: no such volume`);
  }
}

export class AmbiguousVolume extends SelkieError {
  constructor(readonly prefix: string) {
    super(`more than one result for volume name ${prefix}: volume already exists`);
  }
}

export class VolumeExists extends SelkieError {
  constructor(readonly volumeName: string) {
    super(`volume with name ${volumeName} already exists: volume already exists`);
  }
}

export class VolumeInUse extends SelkieError {
  constructor(
    readonly volumeName: string,
    readonly containers: string[],
  ) {
    super(`volume ${volumeName} is being used by the following container(s): ${containers.join(', ')}: volume is being used`);
  }
}

export class InvalidVolume extends SelkieError {}

/** The names that containers, pods and volumes may have. */
export function validateVolumeName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
    throw new InvalidVolume('running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument');
}
