import { SelkieError } from '../../errors.ts';
import type { RemoveResult } from '../../image/remove.ts';
import { writeOut } from '../streams.ts';

/** What `buildah rmi` says of a removal. @throws SelkieError naming what failed */
export function printRemoval({ reports, errors }: RemoveResult): void {
  for (const { untagged } of reports) for (const name of untagged) writeOut(`untagged: ${name}\n`);
  for (const { id, removed } of reports) if (removed) writeOut(`${id}\n`);
  if (errors.length === 0) return;
  const counted = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  throw new SelkieError(`${counted} occurred:\n${errors.map((error) => `\t* ${error.message}\n`).join('')}\n`, { cause: errors[0] });
}
