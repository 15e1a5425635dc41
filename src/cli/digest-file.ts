import { writeFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { systemText } from '../os/system-text.ts';

/** Writes what --digestfile asks for. @param failed what the program says before the reason @throws SelkieError */
export function writeDigestFile(path: string, digest: string, failed = ''): void {
  try {
    writeFileSync(path, digest);
  } catch (cause) {
    throw new SelkieError(`${failed}${systemText(cause as Error)}`, { cause });
  }
}
