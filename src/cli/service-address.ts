import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRootless, runtimeDir } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { Listening } from '../service/rest/server.ts';

export interface ServiceAddress extends Disposable {
  readonly at: Listening;
}

/**
 * Where a service listens: a socket that systemd gave it (LISTEN_FDS), `unix://PATH`, `tcp://HOST:PORT`, or podman's own place. A
 * socket file that was made is taken away in the end. @throws SelkieError
 */
export function listeningAt(uri: string | undefined): ServiceAddress {
  if (process.env['LISTEN_FDS'] === '1' && process.env['LISTEN_PID'] === String(process.pid)) {
    delete process.env['LISTEN_FDS'];
    delete process.env['LISTEN_PID'];
    return { at: { fd: 3 }, [Symbol.dispose]: () => {} };
  }
  const own = isRootless() ? join(runtimeDir(), 'podman/podman.sock') : '/run/podman/podman.sock';
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):)?(?:\/\/)?(.*)$/.exec(uri || `unix://${own}`) ?? [];
  if (scheme === 'tcp') {
    const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(rest) ?? [];
    if (port === '') throw new SelkieError(`unable to create socket ${uri}: a port is missing in ${JSON.stringify(rest)}`);
    return { at: { host, port: Number(port) }, [Symbol.dispose]: () => {} };
  }
  if (scheme !== 'unix')
    throw new SelkieError(`API Service endpoint scheme ${JSON.stringify(scheme)} is not supported. Try tcp:// or unix:/`);
  if (rest === '') throw new SelkieError(`unable to create socket ${uri}: no path is given`);
  mkdirSync(dirname(rest), { recursive: true, mode: 0o700 });
  if (existsSync(rest)) rmSync(rest);
  return { at: { path: rest }, [Symbol.dispose]: () => rmSync(rest, { force: true }) };
}
