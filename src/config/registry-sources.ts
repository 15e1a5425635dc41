import { SelkieError } from '../errors.ts';

interface RegistrySources {
  blockedRegistries?: string[] | null;
  allowedRegistries?: string[] | null;
}

/**
 * Heeds BUILD_REGISTRY_SOURCES, by which a build controller says which registries its builds may use. Format: OpenShift's
 * `registrySources`, JSON. @param what `commit to`; nothing for a push @throws SelkieError
 */
export function refuseDeniedRegistry(what: string, destination: string): void {
  const text = process.env['BUILD_REGISTRY_SOURCES'];
  if (!text) return;
  const registry = /^(?:docker:\/\/)?([\w.-]+(?::\d+)?)\/[^/]/.exec(destination)?.[1];
  if (registry === undefined) return;
  let sources: RegistrySources;
  try {
    sources = JSON.parse(text) as RegistrySources;
  } catch (cause) {
    throw new SelkieError(`parsing $BUILD_REGISTRY_SOURCES (${JSON.stringify(text)}) as JSON: ${(cause as Error).message}`, { cause });
  }
  const denied = `${what ? `${what} registry at` : 'registry'} ${JSON.stringify(registry)} denied by policy:`;
  if (sources.blockedRegistries?.includes(registry)) throw new SelkieError(`${denied} it is in the blocked registries list`);
  if (sources.allowedRegistries?.length && !sources.allowedRegistries.includes(registry))
    throw new SelkieError(`${denied} not in allowed registries list`);
}
