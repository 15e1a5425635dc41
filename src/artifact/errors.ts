import { SelkieError } from '../errors.ts';

export class ArtifactNotKnown extends SelkieError {
  constructor(readonly artifact: string) {
    super(`${artifact}: artifact does not exist`);
  }
}

export class ArtifactExists extends SelkieError {
  constructor(readonly artifact: string) {
    super(`${artifact}: artifact already exists`);
  }
}

/** The artifact has a file of that title already. */
export class ArtifactFileExists extends SelkieError {
  constructor(readonly title: string) {
    super(`${title}: file already exists in artifact`);
  }
}

/** A title, which comes from whoever made the artifact, that is no plain file name. */
export class InvalidArtifactTitle extends SelkieError {
  constructor(readonly title: string) {
    super(`invalid name: ${JSON.stringify(title)} cannot contain /: artifact blob title invalid`);
  }
}
