import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { bindLibc, errno, OsError } from './libc.ts';

const libc = bindLibc({ fcntl: { args: ['i32', 'i32', 'ptr'], returns: 'i32' } });

const F_OFD_SETLK = 37;
const F_OFD_SETLKW = 38;
const F_WRLCK = 1;
const F_UNLCK = 2;

/**
 * Exclusive locks on single bytes of one file, one for each thing that is locked: nothing has to be made or removed for a lock.
 * Taking one blocks the thread while another process has it; within a process the caller has to keep order.
 */
export class RangeLocks implements Disposable {
  private fd = -1;

  constructor(readonly path: string) {}

  lock(offset: bigint): void {
    this.open();
    this.set(F_OFD_SETLKW, F_WRLCK, offset);
  }

  /** The same without waiting: false while another process has it. */
  tryLock(offset: bigint): boolean {
    this.open();
    return this.set(F_OFD_SETLK, F_WRLCK, offset);
  }

  unlock(offset: bigint): void {
    this.set(F_OFD_SETLK, F_UNLCK, offset);
  }

  private open(): void {
    if (this.fd < 0) this.fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  private set(command: number, type: number, offset: bigint): boolean {
    const range = new Uint8Array(32);
    const view = new DataView(range.buffer);
    view.setInt16(0, type, true);
    view.setBigInt64(8, offset, true);
    view.setBigInt64(16, 1n, true);
    while (libc().fcntl(this.fd, command, range) !== 0) {
      const code = errno();
      if (command === F_OFD_SETLK && (code === osConstants.errno.EAGAIN || code === osConstants.errno.EACCES)) return false;
      if (code !== osConstants.errno.EINTR) throw new OsError('fcntl', code, this.path);
    }
    return true;
  }

  [Symbol.dispose](): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }
}
