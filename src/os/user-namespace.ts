import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { makePipe } from './process.ts';

export interface IdRange {
  containerId: number;
  hostId: number;
  size: number;
}

/** A user namespace without a process in it, held by a descriptor: what an id-mapped mount wants. */
export class UserNamespace implements Disposable {
  private constructor(readonly fd: number) {}

  /**
   * Made by a child, unshare(1) of util-linux, since a process with threads cannot make one for itself (and a raw fork of the
   * runtime crashed now and then). It echoes a byte when it is there. @throws ErrnoException when the mappings are not allowed
   */
  static create(uids: readonly IdRange[], gids: readonly IdRange[]): UserNamespace {
    const { spawn } = require('node:child_process') as typeof import('node:child_process');
    using input = makePipe();
    using output = makePipe();
    const child = spawn('unshare', ['--user', 'cat'], { stdio: [input.read, output.write, 'ignore'] });
    try {
      output.closeWrite();
      input.closeRead();
      writeSync(input.write, 'x');
      if (child.pid === undefined || readSync(output.read, new Uint8Array(1)) === 0)
        throw new Error('unshare --user made no user namespace');
      writeFileSync(`/proc/${child.pid}/uid_map`, lines(uids));
      writeFileSync(`/proc/${child.pid}/gid_map`, lines(gids));
      return new UserNamespace(openSync(`/proc/${child.pid}/ns/user`, 'r'));
    } finally {
      child.on('error', () => {});
      child.kill('SIGKILL');
      child.unref();
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

const lines = (ranges: readonly IdRange[]): string =>
  ranges.map((range) => `${range.containerId} ${range.hostId} ${range.size}\n`).join('');
