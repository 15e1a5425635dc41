/** Whether a descriptor is a terminal. Asked late, so that commands that never ask load nothing for it; node:tty would cost 6 ms. */
export function isTerminal(fd: number): boolean {
  return (require('../os/terminal.ts') as typeof import('../os/terminal.ts')).isTerminal(fd);
}
