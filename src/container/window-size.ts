import { isTerminal, windowSize } from '../os/terminal.ts';
import { resizeTerminal } from './attach.ts';

/** Keeps the container's terminal as large as ours. */
export function followWindowSize(bundle: string): void {
  const fd = [1, 0, 2].find((candidate) => isTerminal(candidate));
  if (fd === undefined) return;
  const resize = (): void => {
    const size = windowSize(fd);
    if (size !== undefined) resizeTerminal(bundle, size.rows, size.columns);
  };
  resize();
  process.on('SIGWINCH', resize);
}
