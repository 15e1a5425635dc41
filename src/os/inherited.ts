import { fstatSync, readlinkSync } from 'node:fs';

/**
 * Whether our caller gave us this descriptor. Asked before we open files of our own, so that all others are the JavaScript engine's
 * event loop. Close-on-exec tells nothing: the engine sets it on what it inherits.
 */
export function isInherited(fd: number): boolean {
  try {
    return !/^anon_inode:\[event(fd|poll)\]$/.test(readlinkSync(`/proc/self/fd/${fd}`));
  } catch {
    return false;
  }
}

export function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
