import { SelkieError } from '../errors.ts';
import { connectToSystemd, type ServiceManager } from '../systemd/service-manager.ts';

/** @throws SelkieError where systemd does not run: units would serve nothing */
export function systemdForQuadlets(purpose = ''): ServiceManager {
  try {
    return connectToSystemd();
  } catch (cause) {
    throw new SelkieError(`${purpose}connecting to systemd dbus: ${(cause as Error).message}`, { cause });
  }
}
