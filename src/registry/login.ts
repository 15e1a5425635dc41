import type { Credentials } from '../config/auth-json.ts';
import { SelkieError } from '../errors.ts';
import { type ConnectionOptions, RegistryConnection, safeText } from './connection.ts';
import { registryError } from './errors.ts';

/** A registry that does not know the user, or not with this password. */
export class LoginRefused extends SelkieError {
  constructor(readonly registry: string) {
    super(`logging into ${JSON.stringify(registry)}: invalid username/password`);
  }
}

/** Asks a registry whether credentials are good. @param registry `host[:port]`  @throws LoginRefused, RegistryUnreachable, RegistryError */
export async function checkLogin(registry: string, credentials: Credentials, options: ConnectionOptions): Promise<void> {
  const connection = new RegistryConnection(registry, { ...options, credentials });
  let response: Awaited<ReturnType<RegistryConnection['request']>>;
  try {
    response = await connection.request('/v2/');
  } catch (error) {
    if ((error as { status?: number }).status === 401) throw new LoginRefused(registry);
    throw error;
  }
  if (response.status === 401 || response.status === 403) {
    await response.discard();
    throw new LoginRefused(registry);
  }
  if (response.status !== 200) throw registryError(response.status, `${registry}/v2/`, await safeText(response));
  await response.discard();
}
