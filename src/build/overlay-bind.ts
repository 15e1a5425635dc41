import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { isRootless } from '../config/paths.ts';
import type { OciMount } from '../container/oci-spec.ts';

/** A directory that a step may write to without changing it: what is written goes to the bundle, and with it. */
export function overlayBind(source: string, destination: string, bundle: string): OciMount {
  const own = join(bundle, `overlay-${sha256Hex(destination).slice(0, 12)}`);
  for (const part of ['upper', 'work']) mkdirSync(join(own, part), { recursive: true, mode: 0o755 });
  // A colon or comma in a path would end it.
  const escaped = (path: string): string => path.replace(/[\\,:]/g, '\\$&');
  const options = [`lowerdir=${escaped(source)}`, `upperdir=${escaped(join(own, 'upper'))}`, `workdir=${escaped(join(own, 'work'))}`];
  if (isRootless()) options.push('userxattr');
  return { destination, type: 'overlay', source: 'overlay', options: [...options, 'private'] };
}
