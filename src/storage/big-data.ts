import { mkdirSync, readFileSync } from 'node:fs';
import { sha256Hex } from '../archive/sha256.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { BigDataUnknown } from './errors.ts';
import { sortedKeys } from './go-json.ts';
import type { StoredBigData } from './records.ts';

/** One named blob that belongs to an image or container. `digest` where it is not the bytes' own SHA-256. */
export interface BigDataItem {
  key: string;
  data: Uint8Array;
  digest?: string;
}

/** The file that holds an item: its key where that is of digits, small letters and dots, else in base 64. Format: storage.md 1.3. */
export function bigDataFileName(key: string): string {
  return /^[0-9a-z.]*$/.test(key) ? key : `=${Buffer.from(key).toString('base64')}`;
}

/** Writes the files of the items and enters them into the record. */
export function storeBigData(directory: string, record: StoredBigData, items: readonly BigDataItem[], sync: boolean): void {
  if (items.length === 0) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const sizes = { ...record['big-data-sizes'] };
  const digests = { ...record['big-data-digests'] };
  const names = [...(record['big-data-names'] ?? [])];
  for (const { key, data, digest } of items) {
    const path = `${directory}/${bigDataFileName(key)}`;
    if (!names.includes(key) || !holds(path, data)) writeFileAtomically(path, data, 0o600, sync);
    if (!names.includes(key)) names.push(key);
    sizes[key] = data.length;
    digests[key] = digest ?? `sha256:${sha256Hex(data)}`;
  }
  record['big-data-names'] = names;
  record['big-data-sizes'] = sortedKeys(sizes);
  record['big-data-digests'] = sortedKeys(digests);
}

/** An image that is pulled again has all its data already: writing it would cost a flush for each. */
function holds(path: string, data: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Where an item of this name is kept. */
export const bigDataPath = (directory: string, key: string): string => `${directory}/${bigDataFileName(key)}`;

/** @throws BigDataUnknown */
export function readBigData(directory: string, owner: string, key: string): Uint8Array {
  const path = bigDataPath(directory, key);
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BigDataUnknown(owner, key, path);
    throw error;
  }
}
