import { closeSync, constants, fdatasyncSync, fstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { exchangeFiles, O_CLOEXEC } from '../os/files.ts';

/**
 * Replaces a file so that readers see the old or the new contents, never a part: a temporary file beside it, then one rename.
 * @param sync flush the contents before the rename (power loss); a file that may vanish with the power does without
 * @returns the new file's modification time in nanoseconds
 */
export function writeFileAtomically(path: string, contents: string | Uint8Array, mode: number, sync: boolean): bigint {
  const temporary = `${dirname(path)}/.tmp-${basename(path)}${Math.floor(Math.random() * 0xffffffff)}`;
  const fd = openSync(temporary, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | O_CLOEXEC, mode);
  try {
    writeAll(fd, typeof contents === 'string' ? Buffer.from(contents) : contents);
    if (sync) fdatasyncSync(fd);
    const { mtimeNs } = fstatSync(fd, { bigint: true });
    // To rename over a file makes ext4 write the new one to the disk at once.
    if (!sync && exchangeFiles(temporary, path)) unlinkSync(temporary);
    else renameSync(temporary, path);
    return mtimeNs;
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
}
