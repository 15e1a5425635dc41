import { closeSync, readSync } from 'node:fs';
import { bindLibc, check } from './libc.ts';

const libc = bindLibc({
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  send: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
  shutdown: { args: ['i32', 'i32'], returns: 'i32' },
});

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;

/** Sends a request over a unix socket, closes for writing and waits for the whole answer. Paths have up to 107 bytes. @throws OsError */
export function connectStream(path: string, request: string, packets = false): string {
  const fd = check(libc().socket(AF_UNIX, (packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0), 'socket', path);
  try {
    const address = Buffer.alloc(110);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    check(libc().connect(fd, address, 2 + Buffer.byteLength(path) + 1), 'connect', path);
    const bytes = Buffer.from(request);
    check(Number(libc().send(fd, bytes, bytes.length, MSG_NOSIGNAL)), 'send', path);
    libc().shutdown(fd, SHUT_WR);
    const parts: Buffer[] = [];
    for (;;) {
      const part = Buffer.alloc(4096);
      const got = readSync(fd, part);
      if (got === 0) return Buffer.concat(parts).toString();
      parts.push(part.subarray(0, got));
    }
  } finally {
    closeSync(fd);
  }
}
