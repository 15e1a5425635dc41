import { RangeLocks } from '../os/range-lock.ts';

/**
 * One lock for each container, by its ID. Two tasks of this process queue up for it; other processes are kept out by a byte of the
 * lock file. Never take a second container's lock while holding one.
 */
export class ContainerLocks implements Disposable {
  private readonly ranges: RangeLocks;
  private readonly tails = new Map<string, Promise<void>>();
  /** Waiting for another process must not stop what else this one does, at the price of waiting a little longer: for a service. */
  staysResponsive = false;

  constructor(path: string) {
    this.ranges = new RangeLocks(path);
  }

  /** Runs `work` with the container's lock held. */
  async with<T>(id: string, work: () => T | Promise<T>): Promise<T> {
    using _lock = await this.acquire(id);
    return await work();
  }

  async acquire(id: string): Promise<Disposable> {
    const before = this.tails.get(id);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    this.tails.set(id, released);
    if (before !== undefined) await before;
    const offset = offsetOf(id);
    if (this.staysResponsive) while (!this.ranges.tryLock(offset)) await Bun.sleep(5);
    else this.ranges.lock(offset);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.ranges.unlock(offset);
        if (this.tails.get(id) === released) this.tails.delete(id);
        release();
      },
    };
  }

  [Symbol.dispose](): void {
    this.ranges[Symbol.dispose]();
  }
}

/** 60 bits of the ID, a valid file offset: two containers share one by accident only, and then merely wait for each other. */
function offsetOf(id: string): bigint {
  return BigInt(`0x${id.slice(0, 15)}`);
}
