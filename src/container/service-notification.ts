import { reportError } from '../diagnostics.ts';
import { sendDatagram } from '../os/sockets.ts';
import type { Container } from './container.ts';

/** Where systemd (or who plays its part) waits to hear from the container: as it was at create, else the caller's own. */
const socketOf = ({ config }: Container): string => config.sdnotify.socket ?? process.env['NOTIFY_SOCKET'] ?? '';

/** Tells whose end is the end of the service; with `--sdnotify=conmon` the service is ready by that. Format: sd_notify(3). */
export function notifyStarted(container: Container): void {
  const { mode } = container.config.sdnotify;
  if (mode === 'ignore') return;
  send(container, 'Conmon PID', `MAINPID=${container.state.conmonPid}${mode === 'conmon' ? '\nREADY=1' : ''}`);
}

/** `--sdnotify=healthy`: the first success of the health check makes the service ready. */
export const notifyHealthy = (container: Container): void => send(container, 'container being healthy', 'READY=1');

/** A service manager that cannot be reached does not stop the container. */
function send(container: Container, what: string, message: string): void {
  const socket = socketOf(container);
  if (socket === '') return;
  try {
    sendDatagram(socket, Buffer.from(message));
  } catch (error) {
    reportError(`Notifying systemd of ${what}: dial unixgram ${socket}: ${(error as Error).message.replace(` ${socket}`, '')}`);
  }
}
