import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { findHelperBinary, loadContainersConf, MissingProgram } from '../config/containers-conf.ts';
import { SelkieError } from '../errors.ts';
import { makePipe } from '../os/process.ts';
import { selfCommand } from '../os/self.ts';
import { connectStream } from '../os/stream-sockets.ts';
import { parseIp } from './addresses.ts';
import { portRecord } from './netavark.ts';
import { relayTargetFile } from './relay-target.ts';
import type { NetworkStatus, PortMapping } from './types.ts';

/** Ports of a rootless container cannot be forwarded. */
export class PortForwardError extends SelkieError {}

export interface PortForwardRequest {
  containerId: string;
  netnsPath: string;
  ports: readonly PortMapping[];
  /** The address that connections inside go to. */
  childIp: string;
  /** Whether the container is in bridge networks, where its address may change (`network connect`). */
  bridged: boolean;
}

/** The address that a container's ports are forwarded to: its first IPv4 one, else its first. */
export function forwardTarget(status: NetworkStatus): string {
  const addresses = Object.values(status)
    .flatMap((block) => Object.values(block.interfaces ?? {}))
    .flatMap(({ subnets }) => (subnets ?? []).map(({ ipnet }) => ipnet.split('/')[0]!));
  return addresses.find((address) => parseIp(address)?.bits === 32) ?? addresses[0] ?? '';
}

/**
 * Starts podman's `rootlessport`, or what we have in its place, which listens on the host and connects inside of the container's network namespace.
 * @param exitFd read end of a pipe: when its other end is closed, the forwarder ends. conmon holds that, so that the forwarder
 * lives as long as the container
 */
export function startPortForwarder(request: PortForwardRequest, exitFd: number): void {
  const tmpDir = loadContainersConf().engine.tmp_dir;
  const [program = '', ...args] = forwarderCommand();
  mkdirSync(tmpDir, { recursive: true, mode: 0o700 });
  using ready = makePipe();
  using input = makePipe();
  using output = makePipe();
  const logPath = join(tmpDir, `rootlessport-${request.containerId}.log`);
  const log = openSync(logPath, 'w+');
  unlinkSync(logPath);
  try {
    const child = Bun.spawn([program, ...args], {
      ...(args.length === 0 ? { argv0: 'rootlessport' } : {}),
      detached: true,
      stdio: [input.read, output.write, log, exitFd, ready.write],
    });
    child.unref();
    for (const pipe of [ready, output]) pipe.closeWrite();
    input.closeRead();
    writeSync(input.write, JSON.stringify(configuration(request, tmpDir)));
    input.closeWrite();
    if (readSync(ready.read, new Uint8Array(1)) === 1) return;
    const said = readPipe(output.read).trim() || readFileSync(`/proc/self/fd/${log}`, 'utf8');
    throw new PortForwardError(`rootlessport ${said}`);
  } finally {
    closeSync(log);
  }
}

/** podman's program where it is installed, else our own entry for the purpose. */
function forwarderCommand(): string[] {
  try {
    return [findHelperBinary('rootlessport')];
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    return [...selfCommand(), '__forward-ports'];
  }
}

const configuration = (request: PortForwardRequest, tmpDir: string) => ({
  Mappings: request.ports.map(portRecord),
  NetNSPath: request.netnsPath,
  ExitFD: 3,
  ReadyFD: 4,
  TmpDir: tmpDir,
  ChildIP: request.childIp,
  ContainerID: request.containerId,
  RootlessCNI: request.bridged,
});

function readPipe(fd: number): string {
  const buffer = Buffer.alloc(65536);
  return buffer.toString('utf8', 0, readSync(fd, buffer));
}

/** Tells a running forwarder that the container has another address now. @throws PortForwardError */
export function redirectPorts(containerId: string, status: NetworkStatus): void {
  const socket = join(loadContainersConf().engine.tmp_dir, 'rp', containerId);
  const ours = relayTargetFile(loadContainersConf().engine.tmp_dir, containerId);
  if (existsSync(ours)) {
    writeFileSync(ours, forwardTarget(status));
    return;
  }
  let answer: string;
  try {
    answer = connectStream(socket, `${JSON.stringify(forwardTarget(status))}\n`, true);
  } catch (error) {
    throw new PortForwardError(
      `could not reload rootless port mappings, port forwarding may no longer work correctly: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (answer !== 'OK') throw new PortForwardError(`port reloading failed: ${answer}`);
}
