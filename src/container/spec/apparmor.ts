import { existsSync, readFileSync } from 'node:fs';
import { isRootless } from '../../config/paths.ts';
import { InvalidOption } from '../create-errors.ts';

/** Whether this kernel confines by AppArmor and profiles can be set by us. */
function apparmorEnabled(): boolean {
  try {
    if (!readFileSync('/sys/module/apparmor/parameters/enabled', 'latin1').startsWith('Y')) return false;
  } catch {
    return false;
  }
  return existsSync('/sys/kernel/security/apparmor/profiles');
}

/**
 * The profile of the process: the one asked for, which has to be loaded, else the configured one. The default is loaded where it is not yet,
 * for which one has to be root. @throws InvalidOption
 */
export function apparmorProfile(given: string | undefined, configured: string, privileged: boolean): string | undefined {
  if (!apparmorEnabled()) {
    if (given && given !== 'unconfined')
      throw new InvalidOption(`apparmor profile ${JSON.stringify(given)} specified, but Apparmor is not enabled on this system`);
    return undefined;
  }
  if (given === 'unconfined') return given;
  const name = given || configured;
  if (name === '' || (!given && (privileged || isRootless()))) return undefined;
  const loaded = loadedProfile(name);
  if (loaded !== undefined) return loaded;
  if (!name.startsWith(DEFAULT_PROFILE)) throw new InvalidOption(`AppArmor profile ${JSON.stringify(name)} specified but not loaded`);
  const { loadProfile } = require('./apparmor-profile.ts') as typeof import('./apparmor-profile.ts');
  loadProfile(name);
  return name;
}

const DEFAULT_PROFILE = 'containers-default';

/** The loaded profile of that name, or the newest `containers-default-VERSION` for `containers-default`. */
function loadedProfile(name: string): string | undefined {
  let profiles: string[];
  try {
    profiles = readFileSync('/sys/kernel/security/apparmor/profiles', 'utf8')
      .split('\n')
      .map((line) => line.replace(/ \([a-z]+\)$/, ''));
  } catch {
    return undefined;
  }
  return profiles.includes(name)
    ? name
    : profiles
        .filter((profile) => profile.startsWith(`${name}-`))
        .sort()
        .at(-1);
}
