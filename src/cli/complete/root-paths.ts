import { closeSync, constants, readdirSync } from 'node:fs';
import { Rootfs } from '../../container/rootfs-files/rootfs.ts';
import { openContainers } from '../engine.ts';
import { type Answer, Directive, ordinary } from './answer.ts';
import type { Place } from './values.ts';

/** Paths of an image's files: what `run IMAGE` may be told to run. Without the image the shell completes files. */
export function imagePaths(image: string, prefix: string, place: Place): Answer {
  using engine = openContainers(place.globals);
  if (!engine.images.exists(image)) return ordinary;
  const { store, images } = engine;
  const { id } = images.find(image).image;
  const root = store.mountImage(id);
  try {
    const paths = pathsIn(root, prefix);
    const open = paths.some((path) => path.endsWith('/'));
    return { candidates: paths.map((path) => [path]), directive: open ? Directive.noSpace : Directive.ordinary };
  } finally {
    store.unmountImage(id);
  }
}

/** `NAME:PATH` for the files of a container; of a stopped one its root is mounted for the look. */
export function containerFiles(name: string, prefix: string, place: Place): Answer {
  using engine = openContainers(place.globals);
  const container = engine.state.find(name);
  if (container === undefined) return ordinary;
  const named = (root: string): Answer => ({
    candidates: pathsIn(root, prefix).map((path) => [`${name}:${path}`]),
    directive: Directive.noSpace,
  });
  if (container.isRunning) return named(`/proc/${container.state.pid}/root`);
  if (container.config.rootfs !== undefined) return named(container.config.rootfs.path);
  const root = engine.store.mount(container.id);
  try {
    return named(root);
  } finally {
    engine.store.unmount(container.id);
  }
}

/** What begins with the prefix, directories with a slash behind. A relative path begins at the root, and none leads out of it. */
function pathsIn(path: string, prefix: string): string[] {
  const typed = prefix === '' ? '/' : prefix;
  const slash = typed.lastIndexOf('/') + 1;
  const [directory, beginning] = [typed.slice(0, slash), typed.slice(slash)];
  using root = new Rootfs(path);
  let fd: number;
  try {
    fd = root.open(`/${directory}`, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return [];
  }
  try {
    return readdirSync(`/proc/self/fd/${fd}`, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(beginning))
      .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort();
  } finally {
    closeSync(fd);
  }
}
