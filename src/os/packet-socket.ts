import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { bindLibc, errno, OsError } from './libc.ts';
import { EPOLLIN, EPOLLOUT, pollReadable, untilReadable, watchOf } from './readable.ts';
import { endSending } from './sockets.ts';

const libc = bindLibc({
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
  send: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
});

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Packets that are taken together at most, and so kept in memory twice. */
const RUN = 16;
/** Milliseconds. */
const SPELL = 1;
const TURNS = 32;
const { EAGAIN, EINTR, ECONNRESET } = constants.errno;

/** Packets of one kind that came together. */
export interface PacketRun {
  /** The first byte of each. */
  kind: number;
  /** What follows the first bytes, in a row. */
  bytes: Uint8Array;
}

/**
 * A connected SOCK_SEQPACKET socket whose incoming packets begin with a byte for their kind, read in the event loop. Bun's own
 * sockets take a hang-up for the end while packets are still queued, and lose them; here the queue is read to its end. What waits is
 * an epoll descriptor, so that Bun's watch of it cannot take a packet away.
 */
export class PacketSocket implements Disposable {
  private readonly incoming: number;
  private outgoing = -1;
  private closed = false;
  private readonly waits = new Set<Disposable>();

  /** @param maxPacket bytes; longer packets lose their end */
  constructor(
    readonly fd: number,
    private readonly maxPacket: number,
  ) {
    this.incoming = watchOf(fd, EPOLLIN);
  }

  /** What has come, until the peer has closed; each run is valid until the next but one is asked for, so that one can be written meanwhile. */
  async *runs(): AsyncGenerator<PacketRun> {
    let buffer = new Uint8Array(RUN * this.maxPacket);
    let other = new Uint8Array(RUN * this.maxPacket);
    for (let turn = 0; !this.closed; turn++) {
      const { runs, end } = this.receive(buffer);
      yield* runs;
      if (end) return;
      if (runs.length === 0) await this.untilReady(this.incoming);
      else [buffer, other] = [other, buffer];
      // A sink that never waits must not keep signals from being seen.
      if (turn % TURNS === TURNS - 1) await new Promise(setImmediate);
    }
  }

  /** Takes what is queued and fits. The first byte of a packet lands on the last one of the packet before, which is put back. */
  private receive(buffer: Uint8Array): { runs: PacketRun[]; end: boolean } {
    const runs: PacketRun[] = [];
    let begin = 1;
    let at = 1;
    let kind = -1;
    const close = (): void => {
      if (at > begin) runs.push({ kind, bytes: buffer.subarray(begin, at) });
      begin = at;
    };
    while (at - 1 + this.maxPacket <= buffer.length) {
      const covered = buffer[at - 1]!;
      const packet = buffer.subarray(at - 1, at - 1 + this.maxPacket);
      const size = Number(libc().recv(this.fd, packet, packet.length, MSG_DONTWAIT));
      if (size > 0) {
        const first = packet[0]!;
        packet[0] = covered;
        if (first !== kind) close();
        kind = first;
        at += size - 1;
        continue;
      }
      const code = size === 0 ? 0 : errno();
      // A peer that closed before it read all of ours: what it sent is still there, after this error.
      if (code === EINTR || code === ECONNRESET) continue;
      if (code !== EAGAIN && code !== 0) throw new OsError('recv', code);
      close();
      return { runs, end: size === 0 };
    }
    close();
    return { runs, end: false };
  }

  /** Sends a packet when there is room for it; false when the peer is gone. */
  async send(packet: Uint8Array): Promise<boolean> {
    while (!this.closed) {
      if (Number(libc().send(this.fd, packet, packet.length, MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0) return true;
      const code = errno();
      if (code === EINTR) continue;
      if (code !== EAGAIN) return false;
      if (this.outgoing < 0) this.outgoing = watchOf(this.fd, EPOLLOUT);
      await this.untilReady(this.outgoing);
    }
    return false;
  }

  /** Ends our side's sending. */
  end(): void {
    if (!this.closed) endSending(this.fd);
  }

  /** In a stream the next event is microseconds away, which is less than a wait of the event loop costs. */
  private async untilReady(watch: number): Promise<void> {
    if (pollReadable([watch], SPELL)) return;
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
