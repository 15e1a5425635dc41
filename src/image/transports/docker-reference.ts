import { InvalidImageName } from '../errors.ts';
import { formatReference, parseReference, type Reference, repositoryName, withDefaultTag } from '../reference.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';

/** An image of a registry. */
export class DockerReference implements ImageReference {
  readonly transport = 'docker';
  readonly name: string;

  /** @param dockerReference with a tag or a digest, not with both */
  constructor(readonly dockerReference: Reference) {
    this.name = `//${formatReference(dockerReference)}`;
  }

  get policyScopes(): string[] {
    return dockerPolicyScopes(this.dockerReference);
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openDockerSource } = await import('./docker.ts');
    return openDockerSource(this, options);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { DockerDestination } = await import('./docker.ts');
    return new DockerDestination(this, options);
  }

  async delete(options: TransportOptions): Promise<void> {
    const { deleteDockerImage } = await import('./docker.ts');
    await deleteDockerImage(this, options);
  }
}

/** @param name what follows `docker:` @throws InvalidImageName */
export function parseDockerName(name: string, text: string): DockerReference {
  if (!name.startsWith('//')) throw new InvalidImageName(text, `docker: image reference ${name} does not start with //`);
  return dockerReference(parseReference(name.slice(2)));
}

/** The place of a reference in its registry; the tag defaults to latest. @throws InvalidImageName */
export function dockerReference(reference: Reference): DockerReference {
  if (reference.tag !== undefined && reference.digest !== undefined) {
    throw new InvalidImageName(formatReference(reference), 'Docker references with both a tag and digest are currently not supported');
  }
  return new DockerReference(withDefaultTag(reference));
}

/** Scopes of policy.json for a docker reference: itself, its repository, the namespaces above, the registry, wildcards of its domain. */
export function dockerPolicyScopes(reference: Reference): string[] {
  const repository = repositoryName(reference);
  const parts = repository.split('/');
  const namespaces = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  const domain = reference.domain.replace(/:\d+$/, '').split('.');
  const wildcards = domain.slice(1).map((_, index) => `*.${domain.slice(index + 1).join('.')}`);
  const identity = reference.digest ? `${repository}@${reference.digest}` : `${repository}:${reference.tag}`;
  return [identity, ...namespaces, ...wildcards];
}
