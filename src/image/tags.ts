import type { Reference } from './reference.ts';
import type { TransportOptions } from './transport.ts';

/** Every tag of a repository, in the registry's order. */
export async function listTags(repository: Reference, options: TransportOptions): Promise<string[]> {
  const { listRepositoryTags } = await import('./transports/docker.ts');
  return listRepositoryTags(repository, options);
}
