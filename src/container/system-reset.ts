import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { isRootless, runtimeDir } from '../config/paths.ts';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { MNT_DETACH, readMountInfo, unmount } from '../os/mount.ts';
import { processExists } from '../os/process.ts';
import { stopPauseProcess } from '../rootless/pause-process.ts';
import type { ContainerEngine } from './engine.ts';
import { networksOf } from './network-request.ts';
import { removeContainer } from './remove.ts';

/** Containers of podman run in the store that is to go. */
export class ForeignContainersRun extends SelkieError {
  constructor(readonly containers: readonly string[]) {
    super(
      `containers of another tool are running in this store, stop them with it first: ${containers.map((id) => id.slice(0, 12)).join(' ')}`,
    );
  }
}

/**
 * Removes everything: containers, volumes, images, networks, and then the store's directories themselves. What fails is reported
 * and the rest goes on. The engine is of no use afterwards.  @throws ForeignContainersRun before anything is touched
 */
export async function resetSystem(engine: ContainerEngine): Promise<void> {
  const foreign = foreignRunning(engine);
  if (foreign.length > 0) throw new ForeignContainersRun(foreign);
  for (const container of engine.state.list()) {
    if (engine.state.get(container.id) === undefined) continue;
    await attempt(`Removing container ${container.id}`, () =>
      removeContainer(engine, container, { force: true, volumes: true, timeout: 0, depend: true }),
    );
  }
  if (isRootless()) stopPauseProcess();
  const networks = networksOf(engine);
  for (const { name } of networks.all().values()) {
    if (name !== networks.defaultName) await attempt(`Removing network ${name}`, () => networks.remove(name));
  }
  const { graphRoot, runRoot, volumePath, tmpDir } = engine.paths;
  engine[Symbol.dispose]();
  // /run/libpod is common to all stores: it goes only with the usual one.
  const common = engine.globals.root === undefined ? [tmpDir] : [];
  for (const directory of [volumePath, graphRoot, runRoot, ...common]) {
    await attempt(`Removing ${directory}`, () => removeTree(directory));
  }
}

/** IDs of running containers whose conmon is alive and that are not ours. */
function foreignRunning(engine: ContainerEngine): string[] {
  const own = new Set(engine.state.list().map(({ id }) => id));
  let ids: string[];
  try {
    ids = readdirSync(engine.paths.runContainersDir).filter((id) => !own.has(id));
  } catch {
    return [];
  }
  return ids.filter((id) => {
    try {
      return processExists(Number(readFileSync(join(engine.paths.runContainersDir, id, 'userdata/conmon.pid'), 'utf8')));
    } catch {
      return false;
    }
  });
}

async function attempt(what: string, step: () => unknown): Promise<void> {
  try {
    await step();
  } catch (error) {
    reportError(`${what}: ${(error as Error).message}`);
  }
}

function removeTree(directory: string): void {
  const path = normalize(directory);
  if (isRootless() && path === runtimeDir()) throw new SelkieError(`failed to remove ${path}, since it is the same as XDG_RUNTIME_DIR`);
  const mounts = readMountInfo().map(({ mountPoint }) => mountPoint);
  for (const mountPoint of mounts.reverse()) if (mountPoint.startsWith(`${path}/`)) unmount(mountPoint, MNT_DETACH);
  rmSync(path, { recursive: true, force: true });
}
