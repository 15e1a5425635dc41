import { SelkieError } from '../errors.ts';

/** Saving and restoring processes is CRIU's work, called by the runtime. @throws SelkieError where it is not installed */
export function requireCriu(): void {
  if (Bun.which('criu') === null)
    throw new SelkieError('failed to check for criu version: exec: "criu": executable file not found in $PATH');
}
