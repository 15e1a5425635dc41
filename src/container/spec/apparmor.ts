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
 * The profile of the process. The default one is used where it is loaded already (by the distribution's package or the real tools);
 * it is not loaded by us.
 */
export function apparmorProfile(given: string | undefined, configured: string, privileged: boolean): string | undefined {
  if (!apparmorEnabled()) {
    if (given && given !== 'unconfined')
      throw new InvalidOption(`apparmor profile ${JSON.stringify(given)} specified, but Apparmor is not enabled on this system`);
    return undefined;
  }
  if (given) return given;
  if (privileged || configured === '' || isRootless()) return undefined;
  return loadedProfile(configured);
}

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
