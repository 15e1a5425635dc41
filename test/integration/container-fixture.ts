import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, Scene } from './image-fixture.ts';

const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));

/** Whether containers can be run here at all. */
export const canRun =
  process.geteuid?.() === 0 &&
  busybox !== undefined &&
  ['crun', 'conmon'].every((name) => ['/usr/bin', '/usr/local/bin', '/usr/sbin'].some((directory) => existsSync(join(directory, name))));

const applets =
  'sh cat ls id env echo sleep touch mkdir stat grep head hostname mount readlink true false chown unshare ps pwd umask'.split(' ');

/** A scene in which containers of a small image run. */
export class ContainerScene extends Scene {
  /** Imports an image of busybox, changed by `alter`, and returns its name. */
  busybox(name = 'bb', alter: (tree: string) => void = () => {}, ...changes: string[]): string {
    const tree = mkdtempSync(join(this.directory, 'tree-'));
    for (const directory of ['bin', 'etc', 'tmp', 'data', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(tree, directory));
    copyFileSync(busybox ?? '', join(tree, 'bin/busybox'));
    for (const applet of applets) symlinkSync('busybox', join(tree, 'bin', applet));
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n');
    writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nwheel:x:10:user\nuser:x:1000:\n');
    writeFileSync(join(tree, 'data/file'), 'from the image\n');
    alter(tree);
    const tar = join(this.directory, `${name}.tar`);
    execFileSync('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', tree, '-cf', tar, '.']);
    this.lines('import', '-q', ...['CMD ["/bin/sh"]', ...changes].flatMap((change) => ['--change', change]), tar, name);
    return name;
  }

  /** `run --rm` without network, which is the quickest. */
  once(...args: string[]): Outcome {
    return this.podman('run', '--rm', '--net=none', ...args);
  }

  override [Symbol.dispose](): void {
    this.podman('rm', '-fa', '-t', '0');
    super[Symbol.dispose]();
  }
}

/** A path outside of any container that must stay as it is. */
export function bait(scene: Scene, text = 'untouched'): string {
  const path = mkdtempSync(join(tmpdir(), 'bait-'));
  writeFileSync(join(path, 'file'), text);
  void scene;
  return path;
}
