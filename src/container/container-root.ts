import { constants } from 'node:fs';
import { posix } from 'node:path';
import { O_PATH } from '../os/files.ts';
import { isAlive } from '../os/process.ts';
import type { Container } from './container.ts';
import { volumesOf } from './container-volumes.ts';
import type { ContainerEngine } from './engine.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';

/**
 * A container's files as the container sees them: of a running one through its process's root, mounts and all; of another one its
 * mounted root, with named volumes and binds looked up by their destination. Links never lead out of it.
 */
export class ContainerRoot implements Disposable {
  private readonly undo = new DisposableStack();
  private readonly running: Rootfs | undefined;
  private readonly stopped: Rootfs | undefined;

  constructor(
    private readonly engine: ContainerEngine,
    private readonly container: Container,
  ) {
    const { state, config } = container;
    if (state.pid > 0 && isAlive(state.pid, state.pidStart)) {
      this.running = this.undo.use(new Rootfs(`/proc/${state.pid}/root`));
      return;
    }
    const path = config.rootfs?.path ?? engine.store.mount(config.id);
    if (config.rootfs === undefined) this.undo.defer(() => engine.store.unmount(config.id));
    this.stopped = this.undo.use(new Rootfs(path));
  }

  /** A path in the container; a relative one begins at its working directory. */
  absolute(path: string): string {
    const cwd = this.container.config.spec.process?.cwd ?? '/';
    return path.startsWith('/') ? path : `${cwd.replace(/\/$/, '')}/${path}`;
  }

  /** A descriptor (O_PATH) of what is there, links followed inside. @throws OsError */
  open(path: string, directory = false): number {
    const flags = O_PATH | (directory ? constants.O_DIRECTORY : 0);
    if (this.running !== undefined) return this.running.open(path, flags);
    const inside = this.stopped!.resolve(path);
    const mounted = this.mountOf(inside);
    if (mounted === undefined) return this.stopped!.open(inside, flags);
    using root = new Rootfs(mounted.source);
    return root.open(mounted.rest, flags);
  }

  /** The place that a path leads to, links replaced. */
  resolve(path: string): string {
    return (this.running ?? this.stopped!).resolve(path);
  }

  private mountOf(path: string): { source: string; rest: string } | undefined {
    const { config } = this.container;
    const mounts = [
      ...config.namedVolumes.map(({ name, destination }) => ({ destination, source: () => volumesOf(this.engine).get(name)?.mountPoint })),
      ...(config.spec.mounts ?? [])
        .filter(({ type, source, destination }) => type === 'bind' && source !== undefined && config.userVolumes.includes(destination))
        .map(({ destination, source }) => ({ destination, source: () => source })),
    ];
    const covering = mounts
      .filter(({ destination }) => path === destination || path.startsWith(`${destination.replace(/\/$/, '')}/`))
      .sort((one, other) => other.destination.length - one.destination.length)[0];
    const source = covering?.source();
    if (covering === undefined || source === undefined) return undefined;
    return { source, rest: posix.join('/', path.slice(covering.destination.length)) };
  }

  [Symbol.dispose](): void {
    this.undo.dispose();
  }
}
