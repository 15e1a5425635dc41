import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { bindLibc, check, errno, OsError } from './libc.ts';

const libc = bindLibc({
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  getsockname: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  shutdown: { args: ['i32', 'i32'], returns: 'i32' },
  send: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
});

const AF_UNIX = 1;
const AF_INET = 2;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_SNDBUF = 7;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_SEQPACKET = 5;
const SOCK_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const SHUT_WR = 1;
const MSG_NOSIGNAL = 0x4000;
/** sizeof(sun_path), its NUL included. */
const PATH_ROOM = 108;

/** Connects to a SOCK_SEQPACKET socket at a path of any length. The descriptor is close-on-exec and the caller's. @throws OsError */
export function connectSeqpacket(path: string): number {
  const fd = check(libc().socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), 'socket');
  try {
    withAddress(path, (address, length) => check(libc().connect(fd, address, length), 'connect', path));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Sends one datagram to a Unix socket, whose path begins with @ where it is abstract.
 * @throws OsError (ENOENT or ECONNREFUSED where nobody listens, EMSGSIZE)
 */
export function sendDatagram(path: string, bytes: Uint8Array): void {
  const fd = check(libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), 'socket');
  try {
    libc().setsockopt(fd, SOL_SOCKET, SO_SNDBUF, new Int32Array([bytes.length + 4096]), 4);
    withAddress(path, (address, length) => check(libc().connect(fd, address, length), 'connect', path));
    check(Number(libc().send(fd, bytes, bytes.length, MSG_NOSIGNAL)), 'send', path);
  } finally {
    closeSync(fd);
  }
}

/** Ends our side's sending; the other side reads end-of-file. */
export function endSending(fd: number): void {
  libc().shutdown(fd, SHUT_WR);
}

/**
 * A socket bound to a host port and, for streams, listening, to keep the port from others while a container publishes it.
 * @throws OsError (EADDRINUSE, EACCES)
 */
export function occupyPort(protocol: string, host: string, port: number): number {
  const v6 = host.includes(':');
  const stream = protocol !== 'udp';
  const fd = check(libc().socket(v6 ? AF_INET6 : AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0), 'socket');
  const yes = new Int32Array([1]);
  // As every server does: connections that are still fading away from an earlier one do not count.
  if (stream) libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, yes, 4);
  if (v6) libc().setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, yes, 4);
  const address = v6 ? address6(host, port) : address4(host === '' ? '0.0.0.0' : host, port);
  const failed = libc().bind(fd, address, address.length) < 0 || (stream && libc().listen(fd, 1) < 0);
  if (!failed) return fd;
  const code = errno();
  closeSync(fd);
  throw new OsError('bind', code);
}

/** The port that an IPv4 socket has been bound to. @throws OsError */
export function boundPort(fd: number): number {
  const address = new Uint8Array(16);
  check(libc().getsockname(fd, address, new Uint32Array([16])), 'getsockname');
  return new DataView(address.buffer).getUint16(2);
}

function address4(host: string, port: number): Uint8Array {
  const address = new Uint8Array(16);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  host.split('.').forEach((part, index) => {
    view.setUint8(4 + index, Number(part));
  });
  return address;
}

function address6(host: string, port: number): Uint8Array {
  const address = new Uint8Array(28);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_INET6, true);
  view.setUint16(2, port);
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  groups.slice(0, 8).forEach((group, index) => {
    view.setUint16(8 + index * 2, Number.parseInt(group, 16) || 0);
  });
  return address;
}

/** A path that is too long for sun_path is reached through a descriptor of its directory. */
function withAddress(path: string, use: (address: Uint8Array, length: number) => void): void {
  if (path.startsWith('@')) {
    // An abstract name has its NUL in front and is as long as the address says.
    const address = unixAddress(path);
    address[2] = 0;
    use(address, 2 + Buffer.byteLength(path));
    return;
  }
  if (Buffer.byteLength(path) < PATH_ROOM) {
    use(unixAddress(path), 2 + PATH_ROOM);
    return;
  }
  const directory = openSync(dirname(path), constants.O_DIRECTORY | O_PATH);
  try {
    use(unixAddress(`/proc/self/fd/${directory}/${basename(path)}`), 2 + PATH_ROOM);
  } finally {
    closeSync(directory);
  }
}

function unixAddress(path: string): Uint8Array {
  const address = new Uint8Array(2 + PATH_ROOM);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(Buffer.from(path).subarray(0, PATH_ROOM - 1), 2);
  return address;
}
