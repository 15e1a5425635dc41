import { bindLibc } from './libc.ts';

const libc = bindLibc({
  tcgetattr: { args: ['i32', 'ptr'], returns: 'i32' },
  tcsetattr: { args: ['i32', 'i32', 'ptr'], returns: 'i32' },
  cfmakeraw: { args: ['ptr'], returns: 'void' },
  ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
  isatty: { args: ['i32'], returns: 'i32' },
});

const TCSADRAIN = 1;
const TIOCGWINSZ = 0x5413n;
/** sizeof(struct termios) of glibc is 60; more does no harm. */
const TERMIOS_SIZE = 128;

export interface WindowSize {
  rows: number;
  columns: number;
}

export function isTerminal(fd: number): boolean {
  return libc().isatty(fd) === 1;
}

/** Puts the terminal into raw mode until disposed; does nothing where the descriptor is no terminal. */
export function rawMode(fd: number): Disposable {
  const before = new Uint8Array(TERMIOS_SIZE);
  if (libc().tcgetattr(fd, before) !== 0) return { [Symbol.dispose]() {} };
  const raw = before.slice();
  libc().cfmakeraw(raw);
  libc().tcsetattr(fd, TCSADRAIN, raw);
  let restored = false;
  return {
    [Symbol.dispose]() {
      if (restored) return;
      restored = true;
      libc().tcsetattr(fd, TCSADRAIN, before);
    },
  };
}

/** Size of the terminal, undefined where the descriptor is none or has no size. */
export function windowSize(fd: number): WindowSize | undefined {
  const size = new Uint16Array(4);
  if (libc().ioctl(fd, TIOCGWINSZ, size) !== 0 || size[0] === 0) return undefined;
  return { rows: size[0]!, columns: size[1]! };
}
