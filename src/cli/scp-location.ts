import { readConnections } from '../config/connections.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';

/** Where an image is or goes: this user's store, another user's of this machine, or one behind ssh. */
export interface ScpLocation {
  readonly image: string;
  readonly user?: string;
  readonly remote?: RemoteHost;
}

export interface RemoteHost {
  /** `[USER@]HOST` */
  readonly target: string;
  readonly port?: string;
  /** File of the private key. */
  readonly identity?: string;
}

/** `IMAGE`, `USER@localhost::[IMAGE]` or `CONNECTION::[IMAGE]`. @throws SelkieError */
export function parseScpLocation(argument: string): ScpLocation {
  const at = argument.indexOf('::');
  if (at < 0) return { image: argument };
  const [place, image] = [argument.slice(0, at), argument.slice(at + 2)];
  if (place.endsWith('@localhost')) return { image, user: place.slice(0, -'@localhost'.length) };
  return { image, remote: remoteHost(place) };
}

function remoteHost(name: string): RemoteHost {
  const connection = readConnections().Connection.Connections?.[name];
  if (!connection) warn('Unknown connection name given. Please use system connection add to specify the default remote socket location');
  const text = connection?.URI ?? `ssh://${name}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new SelkieError(`parse ${JSON.stringify(text)}: it is no address`, { cause });
  }
  if (url.protocol !== 'ssh:' || url.hostname === '')
    throw new SelkieError(`images are copied over ssh, which ${JSON.stringify(text)} is not`);
  // what begins like an option would be one to ssh
  if (/^-/.test(url.hostname) || /^-/.test(decodeURIComponent(url.username)))
    throw new SelkieError(`invalid host ${JSON.stringify(url.hostname)}`);
  return {
    target: `${url.username ? `${decodeURIComponent(url.username)}@` : ''}${url.hostname}`,
    ...(url.port ? { port: url.port } : {}),
    ...(connection?.Identity ? { identity: connection.Identity } : {}),
  };
}
