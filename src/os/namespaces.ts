import { closeSync, openSync } from 'node:fs';
import { bindLibc, check, cstring, errno, OsError, ptr } from './libc.ts';

const libc = bindLibc({
  setns: { args: ['i32', 'i32'], returns: 'i32' },
  unshare: { args: ['i32'], returns: 'i32' },
});
const exec = bindLibc({ execve: { args: ['ptr', 'ptr', 'ptr'], returns: 'i32' } });

export const CLONE_NEWNET = 0x4000_0000;

/** Moves the calling thread into a namespace given by its path. @throws OsError */
export function enterNamespace(path: string, type: number): void {
  using namespace = openNamespace(path);
  namespace.enter(type);
}

/** An open namespace: keeps it alive, can be entered, closes itself. */
export class NamespaceFd implements Disposable {
  constructor(
    readonly fd: number,
    readonly path: string,
  ) {}

  /** setns(2) of the calling thread; 0 as type takes whatever it is. @throws OsError */
  enter(type = 0): void {
    check(libc().setns(this.fd, type), 'setns', this.path);
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** Opens /proc/…/ns/… or a bind mount of it. @throws ENOENT and other errors of open(2) */
export function openNamespace(path: string): NamespaceFd {
  return new NamespaceFd(openSync(path, 'r'), path);
}

/** unshare(2) of the calling thread. @throws OsError */
export function unshare(flags: number): void {
  check(libc().unshare(flags), 'unshare');
}

/**
 * Runs `step` with the calling thread in another network namespace and comes back. JavaScript runs on one thread, so nothing
 * else of ours sees it, provided that `step` is synchronous. @throws OsError
 */
export function inNetworkNamespace<T>(path: string, step: () => T): T {
  using original = openNamespace('/proc/thread-self/ns/net');
  enterNamespace(path, CLONE_NEWNET);
  try {
    return step();
  } finally {
    original.enter(CLONE_NEWNET);
  }
}

/** Like inNetworkNamespace, in a new namespace, of which only what `step` pins (by a bind mount of /proc/thread-self/ns/net) remains. */
export function inNewNetworkNamespace<T>(step: () => T): T {
  using original = openNamespace('/proc/thread-self/ns/net');
  unshare(CLONE_NEWNET);
  try {
    return step();
  } finally {
    original.enter(CLONE_NEWNET);
  }
}

/** Replaces this process by another program; returns only by throwing. @throws OsError */
export function replaceProcess(path: string, args: readonly string[], environment: Record<string, string | undefined>): never {
  const entries = Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const [argv, keepArgv] = stringVector(args);
  const [envp, keepEnvp] = stringVector(entries);
  exec().execve(cstring(path), argv, envp);
  const code = errno();
  if (keepArgv.length < 0 || keepEnvp.length < 0) throw new RangeError();
  throw new OsError('execve', code, path);
}

function stringVector(texts: readonly string[]): [BigUint64Array, Uint8Array[]] {
  const buffers = texts.map(cstring);
  return [new BigUint64Array([...buffers.map((buffer) => BigInt(ptr(buffer))), 0n]), buffers];
}
