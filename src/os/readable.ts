import { closeSync } from 'node:fs';
import { bindLibc, check } from './libc.ts';

const libc = bindLibc({
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  poll: { args: ['ptr', 'u64', 'i32'], returns: 'i32' },
  epoll_create1: { args: ['i32'], returns: 'i32' },
  epoll_ctl: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
  inotify_init1: { args: ['i32'], returns: 'i32' },
  inotify_add_watch: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  read: { args: ['i32', 'ptr', 'u64'], returns: 'i64' },
  syscall: { args: ['i64', 'i64', 'i64'], returns: 'i64' },
});

const F_DUPFD_CLOEXEC = 1030;
const SYS_PIDFD_OPEN = 434n;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
const POLLIN = 1;
const POLLOUT = 4;

/** A wait for a descriptor to become readable, that can be given up. */
export interface Readiness extends Disposable {
  readonly ready: Promise<void>;
}

/**
 * Waits in the event loop, without a thread, until a pidfd, an inotify or an epoll descriptor is readable; for a pipe or socket wait for
 * its `watchOf`: where there is only a hang-up, Bun's loop turns without end and tells nobody.
 * Bun's loop watches sockets only; it does so with a duplicate of this descriptor, whose first event ends the watch
 * (its recv(2) fails with ENOTSOCK before it could take anything), and that is all that is wanted.
 * @param signal ends the wait as well
 */
export function untilReadable(fd: number, signal?: AbortSignal): Readiness {
  const copy = check(libc().fcntl(fd, F_DUPFD_CLOEXEC, 3), 'fcntl');
  let socket: { terminate(): void } | undefined;
  let given = false;
  let done = (): void => {};
  const ready = new Promise<void>((resolve) => {
    done = () => resolve();
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
    const connect = Bun.connect as unknown as (options: {
      fd: number;
      socket: Record<string, (...rest: never[]) => void>;
    }) => Promise<unknown>;
    connect({
      fd: copy,
      socket: {
        open: (opened: { terminate(): void }) => {
          socket = opened;
          if (given) opened.terminate();
        },
        data: done,
        error: done,
        end: done,
        close: done,
      },
    }).catch(done);
  });
  return {
    ready,
    [Symbol.dispose]() {
      given = true;
      signal?.removeEventListener('abort', done);
      socket?.terminate();
      socket = undefined;
    },
  };
}

/** An epoll descriptor that is readable while the other has the event, or has been hung up. Close it. */
export function watchOf(fd: number, events: number): number {
  const watch = check(libc().epoll_create1(EPOLL_CLOEXEC), 'epoll_create1');
  // struct epoll_event is packed on x86-64, padded elsewhere; the data is not used.
  const event = new Uint8Array(16);
  new DataView(event.buffer).setUint32(0, events, true);
  check(libc().epoll_ctl(watch, EPOLL_CTL_ADD, fd, event), 'epoll_ctl');
  return watch;
}

/** Blocks the thread until one of the descriptors is readable or the time is over; use it only for what is due at once. */
export function pollReadable(fds: readonly number[], milliseconds: number): boolean {
  return poll(fds, POLLIN, milliseconds);
}

/** Whether a write of a few kilobytes would not block now. */
export function isWritable(fd: number): boolean {
  return poll([fd], POLLOUT, 0);
}

/** Blocks the thread until a write would not. */
export function waitWritable(fd: number): void {
  poll([fd], POLLOUT, -1);
}

function poll(fds: readonly number[], events: number, milliseconds: number): boolean {
  const set = new DataView(new ArrayBuffer(8 * fds.length));
  fds.forEach((fd, index) => {
    set.setInt32(index * 8, fd, true);
    set.setInt16(index * 8 + 4, events, true);
  });
  return libc().poll(new Uint8Array(set.buffer), fds.length, milliseconds) > 0;
}

/** A descriptor that becomes readable when the process ends; -1 if there is no such process. */
export function openPidfd(pid: number): number {
  return Number(libc().syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n));
}

export const IN_MODIFY = 0x2;
export const IN_MOVED_TO = 0x80;
export const IN_CREATE = 0x100;

/** An inotify descriptor. `drain` takes the events away and returns the names in them (an empty name for the watched thing itself). */
export class Inotify implements Disposable {
  readonly fd = check(libc().inotify_init1(0o2004000), 'inotify_init1');
  private readonly buffer = new Uint8Array(16384);

  watch(path: string, mask: number): void {
    check(libc().inotify_add_watch(this.fd, Buffer.from(`${path}\0`), mask), 'inotify_add_watch', path);
  }

  drain(): string[] {
    const names: string[] = [];
    for (;;) {
      const size = Number(libc().read(this.fd, this.buffer, this.buffer.length));
      if (size <= 0) return names;
      const view = new DataView(this.buffer.buffer);
      for (let at = 0; at < size; ) {
        const length = view.getUint32(at + 12, true);
        const name = Buffer.from(this.buffer.subarray(at + 16, at + 16 + length)).toString();
        names.push(name.replace(/\0+$/, ''));
        at += 16 + length;
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
