import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { homeDir } from '../config/paths.ts';

/** The policy.json that counts: the user's own where there is one, else the system's. */
export function policyPath(): string {
  const own = join(homeDir(), '.config/containers/policy.json');
  return existsSync(own) ? own : '/etc/containers/policy.json';
}
