import type { Hijacked } from '../exchange.ts';

export const rawStream = 'application/vnd.docker.raw-stream';
export const multiplexedStream = 'application/vnd.docker.multiplexed-stream';

/** Docker's framing of several streams in one: kind, three zeros, the length in big endian, the bytes. */
export function frame(kind: 'stdout' | 'stderr', bytes: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(8 + bytes.length);
  framed.writeUInt32BE(kind === 'stdout' ? 0x01000000 : 0x02000000, 0);
  framed.writeUInt32BE(bytes.length, 4);
  framed.set(bytes, 8);
  return framed;
}

/** Writers of a process's streams to a client: framed, or plain where a terminal has joined them. */
export function sinks(connection: Hijacked, tty: boolean, wanted: { stdout: boolean; stderr: boolean }) {
  const sink = (kind: 'stdout' | 'stderr') => (bytes: Uint8Array) => connection.write(tty ? bytes : frame(kind, bytes));
  return { ...(wanted.stdout ? { stdout: sink('stdout') } : {}), ...(wanted.stderr ? { stderr: sink('stderr') } : {}) };
}
