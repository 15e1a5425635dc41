import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { bindLibc, check, errno, OsError } from './libc.ts';
import { untilReadable } from './readable.ts';
import { endSending } from './sockets.ts';

const libc = bindLibc({
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
  send: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
  epoll_create1: { args: ['i32'], returns: 'i32' },
  epoll_ctl: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
});

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EPOLLOUT = 4;
const { EAGAIN, EINTR, ECONNRESET } = constants.errno;

/**
 * A connected SOCK_SEQPACKET socket, read and written packet by packet in the event loop. Bun's own sockets take a hang-up for the
 * end while packets are still queued, and lose them; here the queue is read to its end. What waits is an epoll descriptor, so that
 * Bun's watch of it cannot take a packet away.
 */
export class PacketSocket implements Disposable {
  private readonly buffer: Uint8Array;
  private readonly incoming: number;
  private outgoing = -1;
  private closed = false;
  private readonly waits = new Set<Disposable>();

  /** @param maxPacket bytes; longer packets lose their end */
  constructor(
    readonly fd: number,
    maxPacket: number,
  ) {
    this.buffer = new Uint8Array(maxPacket);
    this.incoming = watchOf(fd, EPOLLIN);
  }

  /** The packets until the peer has closed; each is valid until the next is asked for. */
  async *packets(): AsyncGenerator<Uint8Array> {
    while (!this.closed) {
      const size = Number(libc().recv(this.fd, this.buffer, this.buffer.length, MSG_DONTWAIT));
      if (size > 0) {
        yield this.buffer.subarray(0, size);
        continue;
      }
      if (size === 0) return;
      const code = errno();
      // A peer that closed before it read all of ours: what it sent is still there, after this error.
      if (code === EINTR || code === ECONNRESET) continue;
      if (code !== EAGAIN) throw new OsError('recv', code);
      await this.wait(this.incoming);
    }
  }

  /** Sends a packet when there is room for it; false when the peer is gone. */
  async send(packet: Uint8Array): Promise<boolean> {
    while (!this.closed) {
      if (Number(libc().send(this.fd, packet, packet.length, MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0) return true;
      const code = errno();
      if (code === EINTR) continue;
      if (code !== EAGAIN) return false;
      if (this.outgoing < 0) this.outgoing = watchOf(this.fd, EPOLLOUT);
      await this.wait(this.outgoing);
    }
    return false;
  }

  /** Ends our side's sending. */
  end(): void {
    if (!this.closed) endSending(this.fd);
  }

  private async wait(watch: number): Promise<void> {
    using readiness = untilReadable(watch);
    this.waits.add(readiness);
    await readiness.ready;
    this.waits.delete(readiness);
  }

  [Symbol.dispose](): void {
    if (this.closed) return;
    this.closed = true;
    for (const wait of this.waits) wait[Symbol.dispose]();
    closeSync(this.incoming);
    if (this.outgoing >= 0) closeSync(this.outgoing);
    closeSync(this.fd);
  }
}

/** An epoll descriptor that is readable while the other has the event. */
function watchOf(fd: number, events: number): number {
  const watch = check(libc().epoll_create1(EPOLL_CLOEXEC), 'epoll_create1');
  // struct epoll_event is packed on x86-64, padded elsewhere; the data is not used.
  const event = new Uint8Array(16);
  new DataView(event.buffer).setUint32(0, events, true);
  check(libc().epoll_ctl(watch, EPOLL_CTL_ADD, fd, event), 'epoll_ctl');
  return watch;
}
