import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { LockFile } from '../os/locks.ts';
import { configHome } from './paths.ts';

/** How a service on another machine is reached. */
export interface Connection {
  URI: string;
  Identity?: string;
  TLSCert?: string;
  TLSKey?: string;
  TLSCA?: string;
  IsMachine?: boolean;
}

/** podman-connections.json: what `system connection` and `farm` keep, in podman's own format. */
export interface ConnectionsFile {
  Connection: { Default?: string; Connections?: Record<string, Connection> };
  Farm: { Default?: string; List?: Record<string, string[]> };
}

export class NoSuchConnection extends SelkieError {
  constructor(readonly connection: string) {
    super(`"${connection}" destination is not defined. See "podman system connection add ..." to create a connection`);
  }
}

/** A copy of what is kept; empty when nothing is. @throws SelkieError when the file cannot be understood */
export function readConnections(): ConnectionsFile {
  let text: string;
  try {
    text = readFileSync(path(), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { Connection: {}, Farm: {} };
  }
  try {
    return { Connection: {}, Farm: {}, ...JSON.parse(text) };
  } catch (cause) {
    throw new SelkieError(`parse ${JSON.stringify(path())}: ${(cause as Error).message}`, { cause });
  }
}

/** Changes what is kept under podman's lock. Readers see the file before or after; nothing is written when `change` throws. */
export function changeConnections(change: (file: ConnectionsFile) => void): void {
  const file = path();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = new LockFile(`${file}.lock`);
  lock.lockExclusive();
  try {
    const connections = readConnections();
    change(connections);
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(tidy(connections))}\n`, { mode: 0o644 });
    renameSync(temporary, file);
  } finally {
    lock.unlock();
    lock.close();
  }
}

const path = (): string => process.env['PODMAN_CONNECTIONS_CONF'] || join(configHome(), 'containers/podman-connections.json');

/** As Go writes it: keys of maps in order, and nothing where there is nothing. */
function tidy({ Connection, Farm }: ConnectionsFile): ConnectionsFile {
  const sorted = <T>(map: Record<string, T> | undefined) =>
    map && Object.keys(map).length > 0 ? Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) : undefined;
  return {
    Connection: { Default: Connection.Default || undefined, Connections: sorted(Connection.Connections) },
    Farm: { Default: Farm.Default || undefined, List: sorted(Farm.List) },
  };
}
