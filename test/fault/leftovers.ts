import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What containers of a store have left on the machine: mounts, conmons, cgroups, directories. A conmon may need a moment to end. */
export function containerLeftovers(root: string, runroot: string, ids: readonly string[]): string[] {
  const deadline = Date.now() + 5000;
  for (;;) {
    const left = [...mounts(root, runroot), ...processes(root), ...cgroups(ids), ...directories(root, runroot)];
    if (left.length === 0 || Date.now() > deadline) return left;
    Bun.sleepSync(50);
  }
}

function mounts(root: string, runroot: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => (path.startsWith(`${root}/`) || path.startsWith(`${runroot}/`)) && path !== `${root}/overlay`)
    .map((path) => `mount ${path}`);
}

function processes(root: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const words = commandLine(pid);
      return words.some((word) => word.startsWith(`${root}/`)) ? [`process ${pid} ${words.slice(0, 3).join(' ')}`] : [];
    });
}

export function commandLine(pid: string | number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function cgroups(ids: readonly string[]): string[] {
  return readdirSync('/sys/fs/cgroup').flatMap((controller) =>
    ids
      .map((id) => join('/sys/fs/cgroup', controller, 'libpod_parent', `libpod-${id}`))
      .filter((path) => existsSync(path))
      .map((path) => `cgroup ${path}`),
  );
}

function directories(root: string, runroot: string): string[] {
  return [join(root, 'overlay-containers'), join(runroot, 'overlay-containers'), join(root, 'overlay/tempdirs')]
    .flatMap((path) => (existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []))
    .filter((path) => !/\.(json|lock)$/.test(path))
    .map((path) => `directory ${path}`);
}
