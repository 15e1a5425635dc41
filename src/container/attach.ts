import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../os/descriptors.ts';
import { PacketSocket } from '../os/packet-socket.ts';
import { connectSeqpacket } from '../os/sockets.ts';
import { DetachWatch } from './detach-keys.ts';

/** What conmon reads from its attach socket at once; longer packets would lose their end. */
const STDIN_PACKET = 8192;
const STDERR = 3;

export interface AttachStreams {
  stdin?: AsyncIterable<Uint8Array>;
  stdout?: Sink;
  stderr?: Sink;
  /** Bytes that make us leave; see `parseDetachKeys`. */
  detachKeys: readonly number[];
}

export type AttachEnd = 'ended' | 'detached';

/** A connection to a container's or exec session's streams. */
export interface Attachment extends Disposable {
  /** Settles when conmon has sent everything and closed, or the user typed the detach keys. */
  readonly end: Promise<AttachEnd>;
  /** Begins to forward stdin. */
  forwardInput(): void;
}

/** conmon's packets are at most 8192 bytes after the first. */
const PACKET = 8193;

/**
 * Connects to conmon's attach socket in `bundle`. Packets have a first byte for their stream; a slow reader of ours slows the
 * container down, nothing is held in memory beyond a packet.  @throws OsError
 */
export function attachToConmon(bundle: string, streams: AttachStreams): Attachment {
  const socket = new PacketSocket(connectSeqpacket(join(bundle, 'attach')), PACKET);
  const { promise: end, resolve: finish, reject: fail } = Promise.withResolvers<AttachEnd>();
  end.catch(() => {});
  let ended = false;

  const deliver = async (): Promise<void> => {
    let written: ReturnType<Sink> | undefined;
    for await (const { kind, bytes } of socket.runs()) {
      await written;
      written = (kind === STDERR ? streams.stderr : streams.stdout)?.(bytes);
    }
    await written;
    ended = true;
    finish('ended');
  };
  const forward = async (): Promise<void> => {
    const watch = new DetachWatch(streams.detachKeys);
    for await (const chunk of streams.stdin ?? []) {
      if (ended) return;
      const { pass, detached } = watch.take(chunk);
      for (let at = 0; at < pass.length; at += STDIN_PACKET) {
        if (!(await socket.send(pass.subarray(at, at + STDIN_PACKET)))) return;
      }
      if (detached) {
        finish('detached');
        return;
      }
    }
    socket.end();
  };

  deliver().catch(fail);
  return {
    end,
    forwardInput: () => void forward().catch(fail),
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  };
}

/** Tells conmon the size of the terminal; nothing happens where conmon is gone. */
export function resizeTerminal(bundle: string, rows: number, columns: number): void {
  writeControl(bundle, `1 ${rows} ${columns}\n`);
}

function writeControl(bundle: string, line: string): void {
  let fd: number;
  try {
    fd = openSync(join(bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return;
  }
  try {
    writeSync(fd, line);
  } finally {
    closeSync(fd);
  }
}
