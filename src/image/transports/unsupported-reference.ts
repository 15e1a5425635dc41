import { InvalidImageName } from '../errors.ts';

/** Transports of the field that are not spoken here, with the way around. @throws InvalidImageName, always */
export const unsupported: Readonly<Record<string, (name: string, text: string) => never>> = {
  sif: refusal('sif', 'make an OCI or docker archive of it first, with singularity or apptainer'),
  ostree: refusal('ostree', 'copy the image out of the OSTree repository with ostree itself'),
  atomic: refusal('atomic', 'the registry that it names is reached as docker://'),
};

function refusal(transport: string, wayOut: string): (name: string, text: string) => never {
  return (_, text) => {
    throw new InvalidImageName(text, `The transport "${transport}:" is not supported in this build: ${wayOut}`);
  };
}
