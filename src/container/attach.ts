import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../os/descriptors.ts';
import { connectSeqpacket, endSending } from '../os/sockets.ts';
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

interface Wire {
  write(chunk: Uint8Array): number;
  pause(): void;
  resume(): void;
  terminate(): void;
}

/**
 * Connects to conmon's attach socket in `bundle`. Packets have a first byte for their stream; a slow reader of ours slows the
 * container down, nothing is held in memory beyond a packet or two.  @throws OsError
 */
export async function attachToConmon(bundle: string, streams: AttachStreams): Promise<Attachment> {
  const fd = connectSeqpacket(join(bundle, 'attach'));
  const { promise: end, resolve: finish, reject: fail } = Promise.withResolvers<AttachEnd>();
  end.catch(() => {});
  const waiting: Uint8Array[] = [];
  let busy = false;
  let closed = false;
  let drained: (() => void) | undefined;

  const deliver = (packet: Uint8Array): void | Promise<void> => {
    const sink = packet[0] === STDERR ? streams.stderr : streams.stdout;
    return sink?.(packet.subarray(1));
  };
  const settle = (): void => {
    if (closed && !busy) finish('ended');
  };
  const catchUp = async (wire: Wire, first: Promise<void>): Promise<void> => {
    await first;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await deliver(next);
    busy = false;
    if (closed) settle();
    else wire.resume();
  };
  const onClose = (): void => {
    closed = true;
    drained?.();
    settle();
  };

  const connect = Bun.connect as unknown as (options: { fd: number; socket: Record<string, unknown> }) => Promise<Wire>;
  const wire = await connect({
    fd,
    socket: {
      data(from: Wire, packet: Uint8Array) {
        if (busy) {
          waiting.push(packet.slice());
          return;
        }
        try {
          const pending = deliver(packet);
          if (pending === undefined) return;
          busy = true;
          from.pause();
          catchUp(from, pending).catch(fail);
        } catch (error) {
          fail(error);
        }
      },
      drain() {
        drained?.();
      },
      end: onClose,
      close: onClose,
      error: onClose,
    },
  });

  const sendAll = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length && !closed; ) {
      const packet = chunk.subarray(at, at + STDIN_PACKET);
      if (wire.write(packet) === packet.length) {
        at += packet.length;
        continue;
      }
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
      drained = undefined;
    }
  };

  const forward = async (): Promise<void> => {
    const watch = new DetachWatch(streams.detachKeys);
    for await (const chunk of streams.stdin ?? []) {
      if (closed) return;
      const { pass, detached } = watch.take(chunk);
      await sendAll(pass);
      if (detached) {
        finish('detached');
        return;
      }
    }
    if (!closed) endSending(fd);
  };

  return {
    end,
    forwardInput: () => void forward().catch(fail),
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      wire.terminate();
    },
  };
}

/** Tells conmon the size of the terminal; nothing happens where conmon is gone. */
export function resizeTerminal(bundle: string, rows: number, columns: number): void {
  writeControl(bundle, `1 ${rows} ${columns}\n`);
}

/** Makes conmon open the log file anew. */
export function reopenLog(bundle: string): void {
  writeControl(bundle, '2 0 0\n');
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
