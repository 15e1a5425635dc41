import { closeSync, constants, copyFileSync, realpathSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { O_PATH } from '../../os/files.ts';
import type { Container } from '../container.ts';
import type { Rootfs } from './rootfs.ts';

/**
 * Sets `--tz` (or containers.conf's tz): a link where the image has zone data, else a copy of the host's file, whose path is returned
 * to be bound over /etc/localtime.
 */
export function setTimezone(container: Container, rootfs: Rootfs): string | undefined {
  const { timezone, runDir, id } = container.config;
  if (timezone === '') return undefined;
  const zone = zonePath(timezone, id);
  const etc = rootfs.open('/etc', O_PATH | constants.O_DIRECTORY);
  try {
    const localtime = `/proc/self/fd/${etc}/localtime`;
    try {
      unlinkSync(localtime);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new SelkieError(`configuring timezone for container ${id}: removing /etc/localtime: ${(error as Error).message}`, {
          cause: error,
        });
    }
    if (rootfs.exists(zone)) {
      symlinkSync(`..${zone}`, localtime);
      return undefined;
    }
  } finally {
    closeSync(etc);
  }
  const copy = join(runDir, 'localtime');
  const failed = (reason: string, cause?: unknown) =>
    new SelkieError(`configuring timezone for container ${id}: setting timezone for container ${id}: ${reason}`, { cause });
  let isDirectory: boolean;
  try {
    isDirectory = statSync(zone).isDirectory();
  } catch (error) {
    throw failed(`stat ${zone}: no such file or directory`, error);
  }
  if (isDirectory) throw failed('invalid timezone: is a directory');
  copyFileSync(zone, copy);
  return copy;
}

function zonePath(timezone: string, id: string): string {
  if (timezone !== 'local') return join(process.env['TZDIR'] || '/usr/share/zoneinfo', timezone);
  try {
    return realpathSync('/etc/localtime');
  } catch (error) {
    throw new SelkieError(
      `configuring timezone for container ${id}: finding local timezone for container ${id}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
